"""The first words between a member and a hub: a signed question, an answer with keys. Pure.

In:     a challenge, a question sealed to the hub, the people who may watch.
Out:    who asks; the answer, sealed to them and signed by the hub.
Holds:  a question counts once: it is about a challenge that this hub made for this one connection. What the
        relay keeps of either opens nothing and starts nothing.
Why:    docs/spec/live.md, "Asking"
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.hub.live.errors import bad_ask
from fanlight.hub.live.people import Person, find
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.seal import keys, opening, sealing
from fanlight.seal.keys import SigningKey
from fanlight.wire import b64, jcs

CHALLENGE_BYTES = 32
MOST_ASK_BYTES = 32 << 10
ASK, ANSWER = "live-ask", "live-answer"  # contexts of the signatures
_KEY_BYTES, _SESSION_BYTES = 32, 16


@dataclass(frozen=True, slots=True)
class Keys:
    """What one viewing session is sealed with: `up` from the member, `down` to them."""

    session: bytes
    up: bytes = field(repr=False)
    down: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that holds."""

    person: Person
    nonce: bytes


def new_challenge() -> bytes:
    """Return what a question has to be about."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def make_ask(  # noqa: PLR0913 - each is a different fact, all by keyword
    *,
    household: str,
    challenge: bytes,
    account: str,
    age_recipient: str,
    nonce: bytes,
    at: datetime,
    signing: SigningKey,
    hub_recipient: str,
) -> bytes:
    """Return a question as a member's client sends it."""
    manifest = jcs.dumps(
        {
            "v": 1,
            "type": ASK,
            "household": household,
            "challenge": b64.encode(challenge),
            "account": account,
            "sign_pub": b64.encode(signing.public),
            "age_recipient": age_recipient,
            "nonce": b64.encode(nonce),
            "at": clock.to_text(at),
        }
    )
    box = {"manifest": manifest.decode(), "sig": b64.encode(signing.sign(ASK, manifest))}
    return sealing.seal(jcs.dumps(box), [hub_recipient])


def read_ask(
    sealed: bytes, *, identity: str, household: str, challenge: bytes, listed: Sequence[Person]
) -> Asked:
    """Open and check a question.

    Raises:
        BadAsk: it is none, not about this challenge, or not of anybody listed.
    """
    if len(sealed) > MOST_ASK_BYTES:
        raise bad_ask("it is too long")
    try:
        box = msgspec.convert(jcs.loads(opening.open_age(sealed, [identity])), _Box, strict=True)
        asked = msgspec.convert(jcs.loads(box.manifest), _Ask, strict=True)
        sign_pub, nonce = b64.decode(asked.sign_pub), b64.decode(asked.nonce)
        keys.verify(sign_pub, ASK, box.manifest.encode(), b64.decode(box.sig))
        sealing.check_recipient(asked.age_recipient)
        about = b64.decode(asked.challenge)
    except (msgspec.ValidationError, FanlightError, UnicodeError) as error:
        raise bad_ask("it is not one that a member signed for this hub") from error
    if about != challenge or asked.household != household:
        raise bad_ask("it was made for another moment or household")
    person = find(listed, sign_pub)
    if person is None:
        raise bad_ask("who asks is not of the household")
    if not person.recipient:  # an old book names no recipient: the owner's signature does
        person = Person(asked.account, sign_pub, asked.age_recipient, person.guest)
    if (asked.account, asked.age_recipient) != (person.account, person.recipient):
        raise bad_ask("its keys are not those that the household's book has for who asks")
    return Asked(person, nonce)


def make_answer(asked: Asked, *, household: str, at: datetime, signing: SigningKey) -> tuple[Keys, bytes]:
    """Return the keys of a new session and the answer that carries them."""
    made = Keys(
        secrets.token_bytes(_SESSION_BYTES), secrets.token_bytes(_KEY_BYTES), secrets.token_bytes(_KEY_BYTES)
    )
    manifest = jcs.dumps(
        {
            "v": 1,
            "type": ANSWER,
            "household": household,
            "nonce": b64.encode(asked.nonce),
            "session": b64.encode(made.session),
            "up": b64.encode(made.up),
            "down": b64.encode(made.down),
            "at": clock.to_text(at),
        }
    )
    box = {"manifest": manifest.decode(), "sig": b64.encode(signing.sign(ANSWER, manifest))}
    return made, sealing.seal(jcs.dumps(box), [asked.person.recipient])


def read_answer(sealed: bytes, *, identity: str, household: str, nonce: bytes, hub: bytes) -> Keys:
    """Open and check an answer, as a member's client does.

    Raises:
        BadAsk: it is none, or not that hub's to this question.
    """
    try:
        box = msgspec.convert(jcs.loads(opening.open_age(sealed, [identity])), _Box, strict=True)
        keys.verify(hub, ANSWER, box.manifest.encode(), b64.decode(box.sig))
        answer = msgspec.convert(jcs.loads(box.manifest), _Answer, strict=True)
        made = Keys(b64.decode(answer.session), b64.decode(answer.up), b64.decode(answer.down))
        to = b64.decode(answer.nonce)
    except (msgspec.ValidationError, FanlightError, UnicodeError) as error:
        raise bad_ask("the answer is not one of this household's hub") from error
    if to != nonce or answer.household != household:
        raise bad_ask("the answer is to another question")
    if [len(part) for part in (made.session, made.up, made.down)] != [_SESSION_BYTES, _KEY_BYTES, _KEY_BYTES]:
        raise bad_ask("the answer's keys have another length")
    return made


_Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]


class _Box(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    manifest: str
    sig: str


class _Ask(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    v: Literal[1]
    type: Literal["live-ask"]
    household: _Id
    challenge: Annotated[str, Meta(max_length=64)]
    account: _Id
    sign_pub: Annotated[str, Meta(max_length=64)]
    age_recipient: Annotated[str, Meta(max_length=4_000)]
    nonce: Annotated[str, Meta(min_length=24, max_length=24)]
    at: Annotated[str, Meta(max_length=40)]


class _Answer(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    v: Literal[1]
    type: Literal["live-answer"]
    household: _Id
    nonce: str
    session: str
    up: str
    down: str
    at: str
