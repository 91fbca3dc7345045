"""What can be wrong with something sealed: one class for each decision a caller can make.

SealError
|- BadKey             a key's text or bytes are no key of a kind we know
|- BadEscrow          what is locked to two of three auditors cannot be locked or opened so
|- NotForUs           the file is whole, and none of the identities opens it
|- Malformed          the bytes do not have the form they should have
`- Altered            the form is right, a cryptographic check fails
   |- HeaderAltered     the MAC over an age header
   |- PayloadAltered    a chunk is changed, moved, missing or too many
   |- BadSignature      a signature does not fit key, context and bytes
   |- WrongFileKey      the header's file key is not the one the manifest was signed with
   `- ReplayedManifest  true once, but not for this clip or not in this place
"""

from fanlight.model.errors import FanlightError

_KEPT = "Nothing was written or shown."


class SealError(FanlightError):
    """Base of everything the seal refuses."""

    code = "seal.error"


class BadKey(SealError):
    """A key's text or bytes are no key of a kind we know."""

    code = "seal.bad_key"


class BadEscrow(SealError):
    """What is locked to two of three auditors cannot be locked or opened so."""

    code = "seal.bad_escrow"


class NotForUs(SealError):
    """The file is whole, and none of the identities opens it."""

    code = "seal.not_for_us"


class Malformed(SealError):
    """The bytes do not have the form they should have."""

    code = "seal.malformed"


class Altered(SealError):
    """A cryptographic check fails: the bytes are not those that were sealed or signed."""

    code = "seal.altered"


class HeaderAltered(Altered):
    """The MAC over an age header does not hold."""

    code = "seal.header_altered"


class PayloadAltered(Altered):
    """A chunk is changed, moved, missing or too many."""

    code = "seal.payload_altered"


class BadSignature(Altered):
    """A signature does not fit its key, context and bytes."""

    code = "seal.bad_signature"


class WrongFileKey(Altered):
    """The file key is not the one the manifest commits to: a header was swapped."""

    code = "seal.wrong_file_key"


class ReplayedManifest(Altered):
    """A manifest was signed once, but not for this clip or not for this place in the order."""

    code = "seal.replayed_manifest"


def malformed(why: str) -> Malformed:
    """Return the error for bytes whose form is wrong; `why` is a clause, no full stop."""
    return Malformed(
        f"The sealed bytes are not in the right form: {why}.", kept=_KEPT, do="Fetch them again."
    )


def payload_altered(why: str) -> PayloadAltered:
    """Return the error for a payload that is not the one sealed; `why` is a clause, no full stop."""
    return PayloadAltered(
        f"The payload was cut or altered: {why}.", kept=_KEPT, do="Fetch the payload again."
    )


def bad_signature(whose: str) -> BadSignature:
    """Return the error for a signature that does not hold; `whose` names what was signed."""
    return BadSignature(
        f"The signature of the {whose} does not hold.",
        kept=_KEPT,
        do="Do not use it; ask for it again from where it came.",
    )


def bad_escrow(why: str) -> BadEscrow:
    """Return the error for an escrow; `why` is a clause."""
    return BadEscrow(
        f"The escrow does not hold: {why}.",
        kept=_KEPT,
        do="Bring the shares of two different auditors for this very entry.",
    )


def bad_key(why: str) -> BadKey:
    """Return the error for a key that is none; `why` is a clause. Never holds the key itself."""
    return BadKey(f"A key cannot be read: {why}.", kept=_KEPT, do="Look whether the key was copied whole.")
