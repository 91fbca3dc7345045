"""Ask a witness to cosign, as C2SP tlog-witness has it.

In:     a signed checkpoint and a way to prove consistency with an older size.
Out:    cosignature lines that hold, or WitnessAway / WitnessDisagrees.
Holds:  a line is passed on only after it was checked against the witness's own key.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from fanlight.model.errors import FanlightError
from fanlight.proof import cosignature
from fanlight.proof.checkpoint import parse_decimal
from fanlight.proof.cosignature import Witness
from fanlight.proof.errors import ProofError
from fanlight.proof.note import Note
from fanlight.store.log_files import LogFiles
from fanlight.wire import b64

TIMEOUT_S = 3.0


class WitnessAway(FanlightError):
    """The witness does not answer, or not in its protocol. Ask again later."""

    code = "log.witness_away"


class WitnessDisagrees(FanlightError):
    """The witness saw a log that ours does not continue."""

    code = "log.witness_disagrees"


class WitnessClient:
    """One witness at `url`.

    Args:
        url: its address.
        known: where its key and name are kept once they were learnt; what it says later must fit them.
        witness: its key and who runs it, where a list names them; nothing is learnt then.
    """

    def __init__(self, url: str, *, known: Path | None = None, witness: Witness | None = None) -> None:
        """Read what is known; nothing is sent yet."""
        self._known = known
        self._http = httpx.AsyncClient(base_url=url.rstrip("/"), timeout=TIMEOUT_S, trust_env=False)
        self._seen = 0
        self.witness = witness
        if witness is None and known is not None and known.exists():
            (self.witness,) = cosignature.parse_witnesses(known.read_text())

    async def learn(self) -> Witness:
        """Return the witness, asking it for its key the first time; raises WitnessAway."""
        if self.witness is None:
            try:
                answer = await self._http.get("/vkey")
                (told,) = cosignature.parse_witnesses(answer.text)
            except (httpx.HTTPError, ProofError, ValueError) as error:
                raise _away(type(error).__name__) from error
            # Whole or not at all: with half a key the server would not start again.
            pinned = cosignature.format_witnesses([told]).encode()
            if self._known is not None:
                LogFiles(self._known.parent).write([(self._known.name, pinned)])
            self.witness = told
        return self.witness

    async def close(self) -> None:
        """Close connections."""
        await self._http.aclose()

    async def cosign(self, note: bytes, size: int, prove: Callable[[int], Sequence[bytes]]) -> bytes:
        """Return the note with the witness's line appended.

        Args:
            note: the checkpoint as the log signed it.
            size: leaves in it.
            prove: gives the consistency proof from an older size to this one.

        Raises:
            WitnessAway: no answer, or one that cannot be used.
            WitnessDisagrees: it saw a larger log, or finds ours inconsistent with what it saw.
        """
        witness = await self.learn()
        for _ in range(2):
            old = min(self._seen, size)
            answer = await self._post(note, old, prove(old) if 0 < old < size else ())
            if answer.status_code == httpx.codes.OK:
                self._seen = size
                return _checked(note, answer, witness)
            if answer.status_code != httpx.codes.CONFLICT:
                break
            self._seen = _size_in(answer)
            if self._seen > size:
                break
        if answer.status_code in {httpx.codes.CONFLICT, httpx.codes.UNPROCESSABLE_ENTITY}:
            raise WitnessDisagrees(
                "The witness has seen another state of this log and does not cosign it.",
                kept="The last cosigned checkpoint stays published.",
                do="Was an old backup restored? Compare this log with the witness's copy.",
            )
        raise _away(f"it answers with status {answer.status_code}")

    async def _post(self, note: bytes, old: int, proof: Sequence[bytes]) -> httpx.Response:
        lines = [f"old {old}", *(b64.encode(step) for step in proof), ""]
        body = "".join(f"{line}\n" for line in lines).encode() + note
        try:
            return await self._http.post("/add-checkpoint", content=body)
        except httpx.HTTPError as error:
            raise _away(type(error).__name__) from error


def _checked(note: bytes, answer: httpx.Response, witness: Witness) -> bytes:
    whole = note + answer.content
    try:
        found = cosignature.cosigners(Note.parse(whole), [witness])
    except ProofError as error:
        raise _away("its signature does not hold") from error
    if not found:
        raise _away("it signed with another key than the one it is listed under")
    return whole


def _size_in(answer: httpx.Response) -> int:
    try:
        return parse_decimal(answer.text.removesuffix("\n"))
    except ProofError as error:
        raise _away("its answer names no size") from error


def _away(why: str) -> WitnessAway:
    return WitnessAway(
        f"The witness cannot be asked: {why}.",
        kept="Entries are kept in order and are cosigned as soon as it answers.",
        do="Look whether the witness runs.",
    )
