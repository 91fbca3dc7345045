"""`fanlight hub unlock`: a day that the hub has forgotten its key of, opened again with the recovery sheet.

In:     a day, the sheet's 24 words or code (or the groups of a member's own key), the hub's folder, the hub
        at work.
Out:    the day's key, lent to that hub until it stops.
Holds:  seed, household's keys and the day's key stay in this process's memory; only the day's key leaves it,
        to the hub on this machine. No message has any of them.
Absent: a hub that does not run: what is lent lives in its memory only.
Why:    docs/design/journal.md, "What the encryption is worth"
"""

import contextlib
import hashlib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import httpx

from fanlight.cli.home import open_home
from fanlight.cli.hub.life import ANY
from fanlight.hub.epochs import Epochs
from fanlight.hub.journal.daykeys import DayKeys
from fanlight.hub.journal.disk import Disk
from fanlight.hub.page import load_page_key
from fanlight.hub.settings import HubBusy, load_pairing, lock, read_options
from fanlight.model.errors import FanlightError
from fanlight.seal.errors import BadKey, NotForUs, SealError
from fanlight.seal.keys import SEED_LENGTH, member_keys
from fanlight.seal.opening import open_age
from fanlight.seal.reading import open_epoch
from fanlight.seal.sheet import read_sheet
from fanlight.wire import b64

_NOTHING = "Nothing was changed."
_CHECK = 4  # hex digits of the seed's SHA-256 in the sheet's last group


class NotUnlocked(FanlightError):
    """The day stays closed."""

    code = "cli.not_unlocked"


def unlock(day: str, sheet: str, home: Path | None, *, port: int | None = None) -> list[str]:
    """Lend the running hub the keys of a day as this machine's clock has it; return a line on each.

    Args:
        day: ISO 8601; keys are by the day in UTC, so that it may take two.
        sheet: the recovery sheet's words, as they were typed.
        home: where everything is kept.
        port: of the hub's page, if not the one in its settings.

    Raises:
        NotUnlocked, NotPaired, EpochsRefused, SealError: the hub knows no more than before.
    """
    days, identity = _utc_days(day), read_identity(sheet)
    folder = open_home(home).folder("hub")
    _want_running(folder)
    keys = open_day_keys(folder, days, identity)
    said = []
    for name, key in keys.items():
        if key is not None:
            _lend(folder, name, key, port)
        said.append(
            f"{name} (UTC): "
            + ("this hub opens it by itself." if key is None else "open until the hub stops.")
        )
    return said


def read_identity(text: str) -> str:
    """Return the age identity of the sheet, or of the member whose key this is; raises NotUnlocked."""
    with contextlib.suppress(BadKey):
        return read_sheet(text).age.secret
    digits = "".join(text.split()).replace("-", "").lower()
    with contextlib.suppress(ValueError):
        seed, check = bytes.fromhex(digits[: 2 * SEED_LENGTH]), digits[2 * SEED_LENGTH :]
        if len(seed) == SEED_LENGTH and check in {"", hashlib.sha256(seed).hexdigest()[:_CHECK]}:
            return member_keys(seed).age.secret
    raise NotUnlocked(
        "These are not the words of a recovery sheet.",
        kept=_NOTHING,
        do="Type all 24 of them; if they are all there, one is mistyped.",
    )


def open_day_keys(folder: Path, days: list[date], identity: str) -> dict[str, bytes | None]:
    """Return the keys of days by their names, None where the hub has its own copy; raises as `unlock`."""
    found: dict[str, bytes | None] = {}
    if (folder / "keys").is_dir():
        own = DayKeys(folder / "keys", Disk())
        sealed = {name: age for day in days for name, age in own.sealed(day.isoformat()).items()}
        closed = {name: age for name, age in sealed.items() if own.find(name) is None}
        identities = _epochs(folder, identity) if closed else []
        mine = [name for name in own.days("key") if name[:10] in {day.isoformat() for day in days}]
        found = dict.fromkeys(mine) | {name: open_age(age, identities) for name, age in closed.items()}
    if not found:
        raise NotUnlocked(
            "This hub has no key of that day, its own or a sealed one.",
            kept=_NOTHING,
            do="Look whether anything of that day is kept: the hub's page shows the days.",
        )
    return dict(sorted(found.items()))


def _utc_days(day: str) -> list[date]:
    try:
        start = datetime.combine(date.fromisoformat(day), time()).astimezone(UTC)
        end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotUnlocked("That is not a day.", kept=_NOTHING, do="Write it like 2026-11-21.") from error
    return sorted({start.date(), (end - timedelta(microseconds=1)).date()})


def _want_running(folder: Path) -> None:
    with contextlib.suppress(HubBusy), lock(folder):
        raise _not_running()


def _epochs(folder: Path, identity: str) -> list[str]:
    """Return the secrets of the household's keys that an identity can open, after checking the chain."""
    secrets = []
    for epoch in Epochs(folder, load_pairing(folder)).known:
        with contextlib.suppress(NotForUs):
            secrets.append(open_epoch(epoch, [identity]))
    if not secrets:
        raise NotUnlocked(
            "This sheet opens none of the keys of this hub's household.",
            kept=_NOTHING,
            do="Take the sheet that counts in this household.",
        )
    return secrets


def _lend(folder: Path, name: str, key: bytes, port: int | None) -> None:
    where = read_options(folder).options.page
    host = ANY.get(where.host, where.host)
    url = f"http://{f'[{host}]' if ':' in host else host}:{where.port if port is None else port}"
    try:
        with httpx.Client(trust_env=False, timeout=30) as client:  # past every proxy
            answer = client.put(
                f"{url}/api/days/{name}/key",
                json={"key": b64.encode(key)},
                headers={"Authorization": f"Bearer {load_page_key(folder)}"},
            )
    except httpx.HTTPError as error:
        raise _not_running() from error
    if not answer.is_success:
        raise NotUnlocked(
            f"The hub did not take the key of {name}.",
            kept="That day stays closed.",
            do="Look at the hub's log; `fanlight check` looks at its recording.",
        )


def _not_running() -> NotUnlocked:
    return NotUnlocked(
        "No hub answers here, and a key is lent to a running one only.",
        kept=_NOTHING,
        do="Start it with fanlight hub run, and ask again on its machine.",
    )


__all__ = ["NotUnlocked", "SealError", "open_day_keys", "read_identity", "unlock"]
