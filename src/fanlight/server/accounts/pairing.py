"""Routes: a hub that has no household yet and an owner meet under an id that a code gives both."""

from typing import Annotated

import msgspec
from litestar import get, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.server.accounts import forms
from fanlight.server.accounts.forms import AnyRequest
from fanlight.server.accounts.sessions import Caller
from fanlight.server.errors import NotFound, Unavailable
from fanlight.server.meetings import Hub
from fanlight.server.services import Parts

_NEW_PER_HOUR = 60
_CALLS_PER_HOUR = 5_000  # one hub asks every two seconds; a home's hubs share an address
_ANSWER = 8 * 1024


class WaitingHubIn(forms.In, frozen=True):
    """The public halves of a hub that waits for its household."""

    sign_pub: forms.Key
    age_recipient: forms.Recipient


class WaitingHubOut(msgspec.Struct):
    """The same, for the owner who read the hub's code, and compares: this is the server's word."""

    sign_pub: str
    age_recipient: str


class PairingOut(msgspec.Struct):
    """The household's answer, sealed to the hub, or nothing yet."""

    answer: str | None


class PairingAnswerIn(forms.In, frozen=True):
    """The household's answer, sealed to the hub, base64."""

    sealed: Annotated[str, Meta(min_length=4, max_length=_ANSWER)]


@put("/v1/pairings/{meeting:str}", operation_id="awaitPairing")
async def await_pairing(
    meeting: FromPath[str], data: JSONBody[WaitingHubIn], request: AnyRequest, services: Parts
) -> PairingOut:
    """Wait as a hub without a household, ten minutes from each call; return the answer once it is there."""
    services.spend(request, "pairing", _CALLS_PER_HOUR)
    if not is_id(meeting):
        raise _nobody()
    forms.public_key(data.sign_pub)
    forms.recipient(data.age_recipient)
    if not services.meetings.has(meeting):
        services.spend(request, "new-pairing", _NEW_PER_HOUR)
    try:
        return PairingOut(services.meetings.come(meeting, Hub(data.sign_pub, data.age_recipient)))
    except LookupError as error:
        raise Unavailable(
            "Too many hubs wait for their households at present.", do="Try again soon."
        ) from error


@get("/v1/pairings/{meeting:str}", operation_id="findPairing")
async def find_pairing(meeting: FromPath[str], services: Parts, session: Caller) -> WaitingHubOut:
    """Return the public halves of the hub whose code an owner has read."""
    session.owning()
    found = services.meetings.hub(meeting)
    if found is None:
        raise _nobody()
    return WaitingHubOut(found.sign_pub, found.age_recipient)


@put("/v1/pairings/{meeting:str}/answer", operation_id="answerPairing", status_code=204)
async def answer_pairing(
    meeting: FromPath[str], data: JSONBody[PairingAnswerIn], services: Parts, session: Caller
) -> None:
    """Leave the household's sealed answer for the hub; a later one takes its place."""
    session.owning()
    forms.opaque(data.sealed)
    if not services.meetings.answer(meeting, data.sealed):
        raise _nobody()


def _nobody() -> NotFound:
    return NotFound(
        "No hub waits with this code here.",
        do="Look whether the hub shows its code, and which server it names; read the code again.",
        code="accounts.no_pairing",
    )
