"""Passkeys: what a browser is asked for, and whether its answer holds (WebAuthn, by the `webauthn` library).

In:     the address members know this server by; a browser's answer, as it came.
Out:    options for a browser; of an answer that holds, the credential and its public key.
Holds:  only answers to a challenge of ours, made on our own pages or on those that `fanlight app` shows on
        the person's own machine, by an authenticator that made sure who holds it (user verification); a
        passkey counts only on the page that it was made on; a PRF result that is sent by mistake is refused.
Drops:  make and model of the authenticator, its counter, its transports: nothing of them is kept.
Absent: rows (`store_people`), sessions.
Why:    docs/design/accounts.md
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import webauthn
from msgspec import Meta
from webauthn.helpers import bytes_to_base64url, options_to_json, parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fanlight.server.errors import Malformed, NotAllowed

NAME = "Fanlight"  # also what a browser shows until the page puts a person's own word in its place
_ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_MAX_ID = 1023
_APP = re.compile(r"http://localhost:[1-9][0-9]{0,4}")  # where `fanlight app` shows its pages
_Text = Annotated[str, Meta(min_length=1, max_length=64 * 1024)]


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    id: Annotated[str, Meta(min_length=1, max_length=1_400)]
    rawId: str  # noqa: N815 - WebAuthn's name
    type: str
    clientExtensionResults: dict[str, Any] = {}  # noqa: N815 - WebAuthn's name


class _Attested(msgspec.Struct, frozen=True, kw_only=True):
    clientDataJSON: _Text  # noqa: N815 - WebAuthn's name
    attestationObject: _Text  # noqa: N815 - WebAuthn's name


class _Asserted(msgspec.Struct, frozen=True, kw_only=True):
    clientDataJSON: _Text  # noqa: N815 - WebAuthn's name
    authenticatorData: _Text  # noqa: N815 - WebAuthn's name
    signature: _Text
    userHandle: str | None = None  # noqa: N815 - WebAuthn's name


class NewPasskey(_Answer, frozen=True, kw_only=True):
    """A browser's answer to creation options: WebAuthn's RegistrationResponseJSON."""

    response: _Attested


class UsedPasskey(_Answer, frozen=True, kw_only=True):
    """A browser's answer to request options: WebAuthn's AuthenticationResponseJSON."""

    response: _Asserted


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey whose making holds. `public_key` is COSE; `page`: the origin it is for, None for our own."""

    credential: bytes
    public_key: bytes
    page: str | None = None


@dataclass(frozen=True)
class Party:
    """This server as passkeys know it.

    Attributes:
        origin: scheme, host and port of the pages, `https://fanlight.example.org`.
    """

    origin: str

    @cached_property
    def id(self) -> str:
        """The host, to which passkeys are bound."""
        return urlsplit(self.origin).hostname or ""

    def creation_options(self, challenge: str, account: str, known: Sequence[bytes]) -> dict[str, Any]:
        """Return what a browser is asked for to make a passkey; `known` are those that the person has."""
        options = webauthn.generate_registration_options(
            rp_id=self.id,
            rp_name=NAME,
            user_name=NAME,
            user_display_name=NAME,
            user_id=account.encode(),
            challenge=challenge.encode(),
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
            supported_pub_key_algs=_ALGORITHMS,
        )
        return _json(options)

    def request_options(self, challenge: str) -> dict[str, Any]:
        """Return what a browser is asked for to sign in; the same whoever asks."""
        options = webauthn.generate_authentication_options(
            rp_id=self.id,
            challenge=challenge.encode(),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return _json(options)

    def check_new(self, answer: NewPasskey, challenge: str) -> Made:
        """Return the passkey that was made for `challenge`; raises NotAllowed."""
        client = _decode(answer.response.clientDataJSON)
        _check_frame(client)
        credential = RegistrationCredential(
            id=answer.id,
            raw_id=_decode(answer.rawId),
            response=AuthenticatorAttestationResponse(
                client_data_json=client,
                attestation_object=_decode(answer.response.attestationObject),
            ),
        )
        _check_type(answer)
        try:
            verified = webauthn.verify_registration_response(
                credential=credential,
                expected_challenge=challenge.encode(),
                expected_rp_id=self.id,
                expected_origin=self.origin,
                require_user_verification=True,
                supported_pub_key_algs=_ALGORITHMS,
            )
        except Exception as error:  # the library's parsers raise many kinds; all of them mean no
            raise refused() from error
        if credential.raw_id != verified.credential_id:
            raise refused()
        return Made(verified.credential_id, verified.credential_public_key)

    def check_new_anywhere(self, answer: NewPasskey, challenge: str) -> Made:
        """Return the passkey that was made for `challenge` on a page of ours, or of `fanlight app`.

        Raises:
            NotAllowed: it does not hold, or was made on another page.
        """
        page = _page_of(answer)
        if page == self.origin or not _APP.fullmatch(page):
            return self.check_new(answer, challenge)
        return replace(Party(page).check_new(answer, challenge), page=page)

    def check_used(self, answer: UsedPasskey, challenge: str, public_key: bytes) -> None:
        """Check an answer for `challenge` by the passkey with `public_key`; raises NotAllowed."""
        client = _decode(answer.response.clientDataJSON)
        _check_frame(client)
        _check_type(answer)
        credential = AuthenticationCredential(
            id=answer.id,
            raw_id=_decode(answer.rawId),
            response=AuthenticatorAssertionResponse(
                client_data_json=client,
                authenticator_data=_decode(answer.response.authenticatorData),
                signature=_decode(answer.response.signature),
            ),
        )
        try:
            webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge.encode(),
                expected_rp_id=self.id,
                expected_origin=self.origin,
                credential_public_key=public_key,
                credential_current_sign_count=0,  # a kept count would tell how often somebody signs in
                require_user_verification=True,
            )
        except Exception as error:  # as above
            raise refused() from error


def challenge_of(answer: NewPasskey | UsedPasskey) -> str:
    """Return the challenge that an answer says it answers; nothing of it is checked. Raises NotAllowed."""
    try:
        return parse_client_data_json(_decode(answer.response.clientDataJSON)).challenge.decode("ascii")
    except Exception as error:  # as above
        raise refused() from error


def _page_of(answer: NewPasskey) -> str:
    """Return the origin that the browser names; nothing of it is checked. Raises NotAllowed."""
    try:
        return str(parse_client_data_json(_decode(answer.response.clientDataJSON)).origin)
    except Exception as error:  # as above
        raise refused() from error


def credential_of(answer: NewPasskey | UsedPasskey) -> bytes:
    """Return the id of the credential that answered; raises NotAllowed."""
    credential = _decode(answer.rawId)
    if not 0 < len(credential) <= _MAX_ID or bytes_to_base64url(credential) != answer.id:
        raise refused()
    return credential


def user_of(answer: UsedPasskey) -> str:
    """Return the account that the authenticator names, empty if none; raises NotAllowed."""
    try:
        return _decode(answer.response.userHandle or "").decode("ascii")
    except UnicodeDecodeError as error:
        raise refused() from error


def check_no_prf(answer: NewPasskey | UsedPasskey) -> None:
    """Refuse an answer that brings a PRF result along: that is a key of the person's. Raises Malformed."""
    prf = answer.clientExtensionResults.get("prf")
    if isinstance(prf, dict) and "results" in prf:
        raise Malformed(
            "The call holds a secret of the passkey, which must not leave the browser.",
            do="Leave clientExtensionResults empty. Use another browser if this page sent it.",
            code="accounts.prf_result",
        )


def refused() -> NotAllowed:
    """Return the one answer to every passkey that does not hold, known or not."""
    return NotAllowed(
        "This passkey was not accepted.",
        do="Try again. If it stays so, use another passkey, or your recovery sheet.",
        code="accounts.passkey_refused",
    )


def _json(options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.json.decode(options_to_json(options))
    return fields


def _check_type(answer: _Answer) -> None:
    if answer.type != "public-key":
        raise refused()


def _check_frame(client: bytes) -> None:
    """Refuse an answer made in a frame of another site's page: the library does not look at it."""
    try:
        framed = msgspec.json.decode(client, type=_Frame)
    except (msgspec.MsgspecError, ValueError) as error:
        raise refused() from error
    if framed.crossOrigin:
        raise refused()


class _Frame(msgspec.Struct):
    crossOrigin: bool = False  # noqa: N815 - WebAuthn's name


def _decode(text: str) -> bytes:
    """Read base64url without padding; raises NotAllowed."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise refused() from error
    if bytes_to_base64url(data) != text:
        raise refused()
    return data
