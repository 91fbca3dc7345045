"""`fanlight monitor`: say when the record names somebody one watches for, or is rewritten.

In:     a log and this machine's copy of it (cli.mirror); words to watch for.
Out:    one notice an entry that holds one of them, and one for each way in which the record fails;
        printed, mailed, or posted to an address.
Holds:  every entry is looked at once, in order, after its proof; a notice that could not be sent is
        sent the next time.
Absent: which entries matter to whom. What is sealed is not seen here, as by nobody.
Why:    docs/guide/verify.md
"""

import smtplib
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import httpx
import msgspec

from fanlight.cli.mirror import mirror
from fanlight.cli.verify import EXIT_FAILS, EXIT_HOLDS, EXIT_UNKNOWN
from fanlight.model.check import State
from fanlight.model.errors import FanlightError
from fanlight.proof import tiles
from fanlight.proof.cosignature import cosigners, parse_witnesses
from fanlight.proof.errors import ProofError
from fanlight.proof.handover import Handovers, open_by_any
from fanlight.proof.note import VerifierKey
from fanlight.proof.openings import parse_leaf
from fanlight.proof.trust import Trust
from fanlight.store.log_files import LogFiles

STATE = "monitor.json"
_TIMEOUT_S = 20.0
_BATCH = 256

_LATE = timedelta(days=3)  # a day is entered up to two days after it
_FAR_S = 253_402_300_799  # the last second of 9999

Send = Callable[["Notice"], None]


class NotSent(FanlightError):
    """A notice could not be delivered."""

    code = "cli.not_sent"


class BadWatch(FanlightError):
    """What to watch for, or where to say it, makes no sense."""

    code = "cli.bad_watch"


class NotKept(FanlightError):
    """This machine could not read or write what the watch keeps."""

    code = "cli.not_kept"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told.

    Attributes:
        title: one line.
        text: some lines; an entry as it stands in the record.
    """

    title: str
    text: str


class _State(msgspec.Struct, forbid_unknown_fields=True):
    next: int
    told: list[str]


@dataclass(frozen=True, slots=True)
class Watch:
    """One person's watch over one log.

    Attributes:
        target: address or folder of the log.
        folder: where the copy and the state lie.
        words: what to look for in what entries say to everybody; case and accents do not count.
        trust: whom to trust.
        send: says a notice; raises NotSent.
    """

    target: str
    folder: Path
    words: Sequence[str]
    trust: Trust
    send: Send

    def once(self) -> int:
        """Bring the copy up to date, say what is new; return an exit status as `fanlight verify`'s.

        Raises:
            NotSent: a notice could not be sent; it and the later ones are sent the next time.
            NotKept: the copy could not be read or written; what was told last may be told again.
        """
        try:
            return self._once()
        except BrokenPipeError:
            raise  # nobody reads what is printed
        except OSError as error:
            raise NotKept(
                f"What the watch keeps in {self.folder} cannot be used: {error.strerror or error}.",
                kept="What was here before still counts; a notice may be sent again.",
                do="Look whether the disk has room and the folder may be written.",
            ) from error

    def _once(self) -> int:
        checks = list(mirror(self.target, self.folder, self.trust))
        files = LogFiles(self.folder)
        state = _read_state(files)
        wrong = [f"{check.name}: {check.detail}" for check in checks if check.state is State.FAILS]
        for words in wrong:
            if words not in state.told:
                self.send(Notice(f"The record of {self.target} does not hold", words))
                state.told.append(words)
                _write_state(files, state)
        for index, notice in self._finds(files, state.next):
            if notice is not None:
                self.send(notice)
            state.next = index + 1
            if notice is not None or not state.next % _BATCH:
                _write_state(files, state)
        _write_state(files, state)
        if wrong:
            return EXIT_FAILS
        return EXIT_HOLDS if all(check.state is State.HOLDS for check in checks) else EXIT_UNKNOWN

    def _finds(self, files: LogFiles, first: int) -> Iterator[tuple[int, Notice | None]]:
        note, vkey = files.read("checkpoint"), files.read("vkey")
        if note is None or vkey is None:
            return
        keys = Handovers.read(files.read).line(VerifierKey.parse(vkey.decode().strip()))
        size = open_by_any(note, keys).head.size
        reader = tiles.TileReader(size, files.read)
        before = _Before.read(files, keys)
        wanted = [_plain(word) for word in self.words]
        for start in range(first, size, _BATCH):
            for index, raw in enumerate(reader.entries(start, start + _BATCH), start):
                yield index, before.belies(index, raw) or _find(index, raw, wanted)


@dataclass(frozen=True, slots=True)
class _Before:
    """The state that this copy held before: how many entries, and since when witnesses had seen it."""

    size: int
    on: date | None

    @classmethod
    def read(cls, files: LogFiles, keys: Sequence[VerifierKey]) -> Self:
        try:
            old = open_by_any(files.read("checkpoint.old") or b"", keys)
            witnesses = parse_witnesses((files.read("witness.vkeys") or b"").decode("utf-8", "replace"))
            seen = cosigners(old.note, witnesses)
        except ProofError:
            return cls(0, None)
        latest = max((one.time_s for one in seen), default=None)
        on = None if latest is None else datetime.fromtimestamp(min(latest, _FAR_S), UTC).date()
        return cls(old.head.size, on)

    def belies(self, index: int, raw: bytes) -> Notice | None:
        """Tell of an entry that gives a day on which the record, as witnesses saw it, did not hold it."""
        if self.on is None or index < self.size:
            return None
        try:
            leaf = parse_leaf(raw)
            day = date.fromisoformat(str(leaf.pub.get("day")))
        except (ProofError, ValueError):
            return None
        if day >= self.on - _LATE:
            return None
        title = f"Entry {index} of the record ({leaf.type}) may be back-dated"
        return Notice(title, f"It says {day}, and was not there when witnesses signed on {self.on}.")


def _find(index: int, raw: bytes, wanted: Sequence[str]) -> Notice | None:
    try:
        leaf = parse_leaf(raw)
    except ProofError:
        return Notice(f"Entry {index} of the record cannot be read", raw.decode("utf-8", "replace")[:2_000])
    said = [_plain(text) for text in _texts(leaf.pub)]
    found = [word for word in wanted if any(word in text for text in said)]
    if not found:
        return None
    text = msgspec.json.format(msgspec.json.encode(leaf.pub), indent=2).decode()
    return Notice(f"Entry {index} of the record ({leaf.type}) names {', '.join(found)}", text)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(c for c in folded if unicodedata.category(c) not in {"Mn", "Cf"})
    return " ".join(kept.split())


def _read_state(files: LogFiles) -> _State:
    raw = files.read(STATE)
    if raw is None:
        return _State(0, [])
    try:
        return msgspec.json.decode(raw, type=_State)
    except msgspec.MsgspecError as error:
        raise BadWatch(
            f"The file {STATE} in the copy's folder cannot be read.",
            kept="Nothing was sent.",
            do="Remove it: all entries are then looked at again.",
        ) from error


def _write_state(files: LogFiles, state: _State) -> None:
    files.write([(STATE, msgspec.json.encode(state))])


def printing(notice: Notice) -> None:
    """Print a notice."""
    print(f"{notice.title}\n{notice.text}\n", flush=True)


def mailing(server: str, sender: str, receiver: str) -> Send:
    """Return what mails notices over a mail server, HOST or HOST:PORT; raises BadWatch."""
    try:
        parts = urlsplit(f"//{server}")
        host, port = parts.hostname, parts.port or 25
    except ValueError:
        host, port = None, 0
    if not host or "@" not in sender or "@" not in receiver:
        raise BadWatch(
            "A mail server, a sender and a receiver are needed.",
            kept="Nothing was looked at.",
            do="Give --smtp HOST:PORT, --from and --mail.",
        )

    def send(notice: Notice) -> None:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = notice.title, sender, receiver
        mail.set_content(notice.text)
        try:
            with smtplib.SMTP(host, port, timeout=_TIMEOUT_S) as line:
                if line.has_extn("starttls"):
                    line.starttls()
                line.send_message(mail)
        except (OSError, smtplib.SMTPException) as error:
            raise _not_sent(server) from error

    return send


def posting(url: str) -> Send:
    """Return what posts notices as JSON, such as to a home's automation or a chat."""

    def send(notice: Notice) -> None:
        try:
            body = {"title": notice.title, "message": notice.text}
            httpx.post(url, json=body, timeout=_TIMEOUT_S).raise_for_status()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _not_sent(_host_of(url)) from error

    return send


def _host_of(url: str) -> str:
    """Return the host alone: what follows may be a secret."""
    try:
        return urlsplit(url).hostname or "that address"
    except ValueError:
        return "that address"


def _not_sent(where: str) -> NotSent:
    return NotSent(
        f"A notice could not be sent over {where}.",
        kept="It is kept and sent the next time, before all later ones.",
        do="Look whether the address is right and answers.",
    )


def keep_watching(watch: Watch, every_s: float, say: Callable[[FanlightError], None]) -> None:
    """Look again and again until interrupted; what cannot be sent or kept is said and tried again."""
    while True:
        try:
            watch.once()
        except (NotSent, NotKept) as error:
            say(error)
        time.sleep(every_s)
