"""Homes that live a month: the hub's own code decides every call; what a hub sees and is told is made up.

In:     a class of homes, how often they ask, how much happens before their cameras.
Out:    their calls at the town, the rows left there, and which requests really matched.
Holds:  homes of all classes are drawn alike and live in one town under the same requests; they differ only in
        what their class says. A member's answer goes where the home app puts it: nowhere, or to the drop.
Absent: people's looking into the app: `docs/design/unseen.md` says what that tells.
"""

import asyncio
import functools
import random
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest
from tests.hub.cells import PLACE
from tests.hub.homes import CAMERA, HOUSEHOLD, HUB, MEMBER, OWNER, make_pairing
from tests.hub.parcels import make_parcel
from tests.seal.books import SHEET
from tests.unseen.town import DAY_S, Call, Case, Line, Rows, Town
from tests.unseen.virtual import virtual_time

from fanlight.hub import even, matching
from fanlight.hub import town as hub_town
from fanlight.hub.options import Uploads
from fanlight.hub.outbox import Parcel
from fanlight.hub.requests import Requests
from fanlight.hub.sealer import Kept
from fanlight.hub.status import CameraStatus
from fanlight.hub.uplink import Refused, Uplink
from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.model.padding import copy_length, padded_length
from fanlight.seal.age_format import payload_length
from fanlight.seal.book import next_epoch
from fanlight.seal.container import Card, sha256
from fanlight.seal.notes import Notes
from fanlight.seal.roll import Hub, Roll
from fanlight.seal.roll import Member as Listed
from fanlight.wire import jcs

Class = Literal[
    "shared",
    "declined",
    "ignored",
    "opted out",
    "no match",
    "nothing happened",
    "fetch",
    "early",
    "size",
    "says no",
]
CLASSES: tuple[Class, ...] = ("shared", "declined", "ignored", "opted out", "no match")
LEAKS: tuple[Class, ...] = (
    "fetch",
    "early",
    "size",
    "says no",
)  # the controls: they decline, and their hub tells
START = datetime(2026, 10, 1, tzinfo=UTC)
SHM = Path("/dev/shm")  # noqa: S108 - nothing of it is kept, and a month of synced rows need not wear a disk
DROP_WITHIN_S = 3_600.0  # Outgoing.put of the home app
OUTSIDE = 0.02  # degrees: further than an area may reach


AT_ONCE = Uploads()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a month is lived: its days, the pauses of a hub, how many clips a home makes, when they leave."""

    days: int = 30
    poll_s: float = 7_200.0
    status_s: float = 43_200.0
    clips: float = 10.0
    cases: int = 4
    uploads: Uploads = AT_ONCE


@dataclass(frozen=True, slots=True)
class Lived:
    """A home's month as the operator has it. `opened` are the moments (s) at which requests opened."""

    kind: Class
    calls: list[Call]
    rows: Rows
    opened: tuple[float, ...]
    matched: int
    until: datetime


class LeakyRequests(Requests):
    """The control: asks for a request by its id once one matches, as no hub of ours does."""

    told: set[str]
    clips: "Home"

    async def refresh(self, uplink: Uplink) -> None:
        await super().refresh(uplink)
        for match in self.matches(self.clips.kept(), clock.now()):
            if match.request not in self.told:
                self.told.add(match.request)
                try:
                    await uplink.public("GET", f"/v1/requests/{match.request}")
                except Refused:
                    continue


@functools.cache
def epochs_of(*, opted_out: bool) -> bytes:
    """Return the household's keys as the server hands them out; who opted out has marked every camera."""
    owner = Listed(account="o" * 26, sign_pub=OWNER.public, age_recipient=MEMBER.age.recipient, role="owner")
    hub = Hub(hub="u" * 26, sign_pub=HUB.signing.public, age_recipient=HUB.recipient)
    marked = frozenset({CAMERA.id}) if opted_out else frozenset[str]()
    _, epoch = next_epoch(
        household=HOUSEHOLD,
        after=None,
        roll=Roll(members=(owner,), hubs=(hub,), recovery=SHEET.public),
        notes=Notes(why="founded", mandated=marked),
        signer=OWNER,
        day=START.date(),
    )
    return jcs.dumps({"epochs": [epoch.to_wire()], "pending": None})


@functools.cache
def _sealed() -> Parcel:
    return make_parcel(MEMBER.age.recipient, HUB.signing, size=1_000, start=START)


def parcel(size: int, day: date, sizes: Sequence[int] = ()) -> Parcel:
    """Return a clip of `size` bytes as it leaves a hub; its payload is zeros, as long as it would be."""
    model, clip = _sealed(), new_id()
    pay = bytes(payload_length(even.place_for(size, sizes) or padded_length(size)))
    card = Card(
        clip=clip, epoch=0, day=day, length=len(pay), root=bytes(32), manifest_sha256=sha256(model.manifest)
    )
    return Parcel(
        clip=clip,
        card=card.to_bytes(),
        card_sig=card.sign(HUB.signing),
        manifest=model.manifest,
        hdr=model.hdr,
        pay=pay,
    )


@dataclass
class Home:
    """One home of a town."""

    number: int
    kind: Class
    pace: Pace
    cases: Sequence[Case]
    town: Town
    folder: Path
    chance: random.Random
    matched: int = 0
    hub: hub_town.Town = field(init=False)

    def __post_init__(self) -> None:
        """Pair the hub."""
        lon, lat = PLACE
        away = OUTSIDE if self.kind == "no match" else 0.0
        pairing = make_pairing(
            "http://town", lon=lon + away, lat=lat, poll_s=self.pace.poll_s, status_s=self.pace.status_s
        )
        uplink = Uplink.__new__(
            Uplink
        )  # without the HTTP client, whose certificates alone take longer than a month
        uplink._http = Line(self.town, self.number)  # type: ignore[assignment] # the one method that is called
        uplink._signer, uplink._town, uplink._token, uplink.session = HUB.signing, lambda: None, None, {}
        self.hub = hub_town.Town(self.folder, pairing, HUB, uplink, self.statuses)
        self.hub.send_as(self.pace.uploads)
        if self.kind == "fetch":
            self.hub.requests = LeakyRequests(self.folder, pairing)
            self.hub.requests.told, self.hub.requests.clips = set(), self

    def statuses(self) -> list[CameraStatus]:
        return [CameraStatus(id=CAMERA.id, name=CAMERA.name, state="recording", since=START)]

    def kept(self) -> list[Kept]:
        """Return the clips that may answer a request."""
        return [one for one in self.hub.sealer.kept() if self.hub.epochs.may_match(one.camera)]

    async def live(self) -> None:
        """Live until cancelled."""
        await asyncio.sleep(self.chance.uniform(0, self.pace.poll_s))
        async with asyncio.TaskGroup() as group:
            works = [self.hub.send(), self.hub.report(), self.hub.listen(), self.happen()]
            works += [self.look(case) for case in self.cases]
            for work in works:
                group.create_task(work)

    async def happen(self) -> None:
        """Let things happen: at any time, and in each request's hours unless the class says not."""
        month = self.pace.days * DAY_S
        count = self.chance.randrange(round(2 * self.pace.clips) + 1)
        times = [self.chance.uniform(0, month) for _ in range(count)]
        hours = [(one.asking.request.window, one) for one in self.cases]
        spans = [((w.start - START).total_seconds(), (w.end - START).total_seconds()) for w, _ in hours]
        if self.kind == "nothing happened":
            times = [at for at in times if not any(first - 60 <= at <= last for first, last in spans)]
        else:
            times += [self.chance.uniform(*span) for span in spans]
        for at in sorted(times):
            await asyncio.sleep(max(0.0, START.timestamp() + at - clock.now().timestamp()))
            await self._keep(clock.now(), self.chance.uniform(10, 60))

    async def _keep(self, start: datetime, lasts_s: float) -> None:
        await self.hub.epoch()
        made = parcel(round(lasts_s * 12_500), start.date(), self.hub.sealer.sizes)
        end = start + timedelta(seconds=lasts_s)
        number, _ = self.hub.sealer._next(CAMERA.id)
        link, times = secrets.token_bytes(32), (start.isoformat(), end.isoformat())
        row = (made.clip, CAMERA.id, number, link, "person", *times)
        self.hub.sealer._db.execute("INSERT INTO clip VALUES (?, ?, ?, ?, ?, ?, ?, 0)", row)
        self.hub.outbox.put(made)
        self.hub.wake()

    async def look(self, case: Case) -> None:
        """Look, while a request is open, whether it matched; answer it as the class does."""
        until = self.chance.uniform(0.5, 0.9)
        await asyncio.sleep(
            case.opens + until * (case.closes - case.opens) - asyncio.get_running_loop().time()
        )
        found = self.hub.requests.matches(self.kept(), clock.now())
        if not any(one.request == case.asking.id for one in found):
            return
        self.matched += 1
        if self.kind == "early":
            await self.hub.report_once()
        if self.kind == "size":
            await self.hub.uplink.call("PUT", "/v1/hub/status", content=bytes(16_384 + self.matched))
        if self.kind == "says no":
            await self._drop(padded_length(0))  # as short as a clip may be: a copy is longer
        if self.kind == "shared":
            await asyncio.sleep(self.chance.uniform(0, DROP_WITHIN_S))
            await self._drop(copy_length(round(self.chance.uniform(5, 60) * 60_000)))

    async def _drop(self, padded: int) -> None:
        """Send a copy as `drop` of the home app does: header, manifest, payload, done."""
        model, place = _sealed(), f"/v1/drops/drop-token-of-the-cell/{new_id()}"
        public = self.hub.uplink.public
        await public("PUT", f"{place}/hdr", content=model.hdr)
        await public("PUT", f"{place}/manifest", content=model.manifest)
        await public("PUT", f"{place}/pay", content=bytes(payload_length(padded)))
        await public(
            "POST", f"{place}/done", json={"length": padded, "root": "0" * 64, "manifest_sha256": "0" * 64}
        )


def draw_cases(chance: random.Random, days: int, count: int) -> list[Case]:
    """Return requests under `count` cases, spread over the month, each about some hours shortly before."""
    step = (days - 2) / count * DAY_S
    cases = []
    for number in range(count):
        opens = 1.5 * DAY_S + number * step + chance.uniform(0, step / 4)
        end = opens - chance.uniform(3_600, 20 * 3_600)
        lasts = chance.uniform(3_600, 6 * 3_600)
        closes = opens + min(chance.uniform(0.5, 0.7) * step, 7 * DAY_S)
        cases.append(Case.about(START, opens, closes, (_minute(end - lasts), _minute(end))))
    return cases


def _minute(at_s: float) -> float:
    return at_s // 60 * 60


@contextmanager
def _quickly() -> Iterator[None]:
    """Leave out what no call depends on: each home checking the same cell file, looks at an empty outbox."""
    read, known = matching.read_cell_file, dict[bytes, matching.CellFile]()

    def remembered(raw: bytes, **means: object) -> matching.CellFile:
        if raw not in known:
            known[raw] = read(raw, **means)  # type: ignore[arg-type] # handed on
        return known[raw]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matching, "read_cell_file", remembered)
        patch.setattr(hub_town, "RETRY_S", DAY_S)
        patch.setattr(hub_town, "LONGEST_REST_S", DAY_S)
        yield


def live_a_month(kinds: Sequence[Class], pace: Pace, seed: int) -> list[Lived]:
    """Let a town with a home of each of `kinds` live a month; return what its operator has of them."""
    chance = random.Random(seed)
    kinds = chance.sample(kinds, len(kinds))
    cases = draw_cases(chance, pace.days, pace.cases)
    folder = Path(tempfile.mkdtemp(prefix="fl-unseen-", dir=SHM if SHM.is_dir() else None))
    try:
        with _quickly(), virtual_time(START) as loop:
            hub = HUB.signing.public
            town = Town(START, cases, hub, lambda home: epochs_of(opted_out=kinds[home] == "opted out"))
            homes = []
            for number, kind in enumerate(kinds):
                (folder / str(number)).mkdir()
                own = random.Random(chance.random())
                homes.append(Home(number, kind, pace, cases, town, folder / str(number), own))
            try:
                loop.run_until_complete(_all(homes, pace.days * DAY_S))
                return [
                    Lived(
                        home.kind,
                        town.calls[home.number],
                        town.dump(home.number),
                        tuple(case.opens for case in cases),
                        home.matched,
                        clock.now(),
                    )
                    for home in homes
                ]
            finally:
                for home in homes:
                    home.hub.close()
    finally:
        shutil.rmtree(folder)


async def _all(homes: Sequence[Home], month_s: float) -> None:
    tasks = [asyncio.create_task(home.live()) for home in homes]
    await asyncio.sleep(month_s)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise ended if isinstance(ended, BaseException) else RuntimeError("a home ended by itself")
    for home in homes:
        assert not home.hub.troubles, f"{home.kind}: {home.hub.troubles}"
