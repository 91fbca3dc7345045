"""The whole journey in order, each step through the public API: what `fanlight tour` does.

In:     a Plan: a camera, a folder, a server or none.
Out:    exit status 0 only if every step holds; report.json, clips, keys, evidence and log in the folder.
Holds:  the same cryptography, rules and record as in the browser; nothing is taken from the server on trust.
"""

import asyncio
import contextlib
import secrets
import socket
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from fanlight.cli import up
from fanlight.cli.home import default_path
from fanlight.cli.hub.codes import read_place
from fanlight.cli.member import Member
from fanlight.cli.people import Person, load_people
from fanlight.cli.tour import evidence, record, resident, watching
from fanlight.cli.tour.agency import Ask, Officer
from fanlight.cli.tour.report import EventRow, Report, fail
from fanlight.cli.tour.watching import Watched
from fanlight.cli.verify_log import verify_log_target
from fanlight.custody.verify_package import verify_package
from fanlight.demo import load_town
from fanlight.hub.options import Camera, HubOptions
from fanlight.hub.pipeline import Pipeline
from fanlight.hub.settings import Pairing, load_keys
from fanlight.hub.status import Match
from fanlight.hub.town import Town
from fanlight.hub.uplink import Refused, Uplink
from fanlight.model import clock, ids
from fanlight.model.check import Check
from fanlight.model.geo import home_cell
from fanlight.seal import keys
from fanlight.seal.manifest import parse_disclosure
from fanlight.seal.sheet import new_sheet
from fanlight.wire import b64

HALF_LON, HALF_LAT = 0.0028, 0.0022  # about 0.09 square miles around the camera, inside the limits of R21
MATCH_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the command line asks for. `place` is lon, lat of the camera."""

    camera: str
    out: Path
    server: str | None
    people: Path | None
    seconds: int
    name: str
    place: tuple[float, float]

    @classmethod
    def of(cls, *, place: str | None, **options: Any) -> Self:
        """Take the command line's options, `place` as text; raises FanlightError for a place that is none."""
        return cls(place=read_place(place) if place else load_town().place, **options)


def run(plan: Plan) -> int:
    """Walk the journey; print each step; return 0 if all hold, else 1."""
    _set_aside(plan.out)
    plan.out.mkdir(parents=True, exist_ok=True)
    report = Report(plan.out / "report.json", plan.camera)
    with tempfile.TemporaryDirectory(prefix="fanlight-tour-") as scratch, contextlib.ExitStack() as stack:
        with report.step("camera", "reach the camera") as said:
            info = asyncio.run(watching.probe(plan.camera))
            said.append(f"{info.codec}, {info.width} x {info.height}")
        with report.step("start", "server, witness and database") as said:
            server, people = stack.enter_context(_server(plan, Path(scratch)))
            said.append(server)
        asyncio.run(_walk(plan, report, server, people, Path(scratch) / "tour-hub"))
    print(f"All {len(report.steps)} steps hold. Left in {plan.out}: report.json, clips, keys, evidence, log.")
    return 0


def _set_aside(out: Path) -> None:
    """Move what an earlier tour left: its key is the only one that opens its clips."""
    if (out / "report.json").exists():
        earlier = next(
            path
            for number in range(1, 10_000)
            if not (path := out.with_name(f"{out.name}.earlier-{number}")).exists()
        )
        out.rename(earlier)
        print(f"An earlier tour lay in {out}. It is kept in {earlier}.", flush=True)


@contextlib.contextmanager
def _server(plan: Plan, scratch: Path) -> Iterator[tuple[str, dict[str, Person]]]:
    if plan.server:
        yield plan.server, load_people(plan.people or default_path() / "demo")
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with up.running(scratch / "home", port, demo=True, cameras=False) as (town, _):
        yield town.url, town.people


async def _walk(plan: Plan, report: Report, server: str, people: dict[str, Person], folder: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        member = Member(secrets.token_bytes(32), server)
        officer, supervisor = (Officer(people[role].seed, server) for role in ("officer", "supervisor"))
        for one in (member, officer, supervisor):
            await stack.enter_async_context(one.uplink)
        pipeline, town = await stack.enter_async_context(_household(plan, report, member, folder))
        watched = await _watch(plan, report, pipeline, town)
        with report.step("open", "the member opens every clip") as said:
            album, report.clips = await resident.open_album(member, plan.out)
            if {row.id for row in report.clips} != {kept.clip for _, kept in watched.kept}:
                raise fail("The server does not have exactly the clips that the hub sealed.")
            said.append(f"{len(report.clips)} clips, each signature, order, key and piece checked")
        request, case_number = await _ask(plan, report, officer, supervisor, watched)
        with report.step("match", "the hub compares at home") as said:
            matched = await _match(town, request)
            said.append(f"{len(matched.clips)} clips match; nobody else knows")
        asked = next(one for one in town.requests.asked if one.request == request)
        with report.step("share", "the member trims and shares one copy"):
            shared = await resident.share(member, album, matched.clips[0], asked)
        with report.step("play", "the officer opens what was shared") as said:
            (opened,) = [one for one in await officer.open_disclosures(request) if one.disclosure == shared]
            length_ms = parse_disclosure(opened.manifest).facts.duration_ms
            said.append(f"{length_ms / 1000:.1f} s of picture")
        package = plan.out / "evidence" / f"{case_number}.zip"
        with report.step("export", "an evidence package on the agency's side"):
            await evidence.export(officer, request, opened, case_number, package)
        with report.step("evidence", "check the package offline") as said:
            said.append(_all_hold(verify_package(package)))
        with report.step("close", "close the request; a band becomes public") as said:
            await officer.close(request)
            said.append(await record.band_of(officer.uplink, request))
        with report.step("record", "fetch and check the whole public record") as said:
            size = await record.fetch_log(officer.uplink, plan.out / "log")
            said.append(f"{size} entries; {_all_hold(verify_log_target(str(plan.out / 'log')))}")


@contextlib.asynccontextmanager
async def _household(
    plan: Plan, report: Report, member: Member, folder: Path
) -> AsyncIterator[tuple[Pipeline, Town]]:
    with report.step("household", "account, household, hub, first key, recovery sheet"):
        lon, lat = plan.place
        cell = home_cell(lon, lat, load_town().homes)
        await member.sign_up()
        household = await member.found_household(cell)
        hub, sheet = load_keys(folder), new_sheet()
        admitted = await member.admit_hub(household, hub.signing.public, hub.recipient)
        await member.begin_book(household, sheet, hubs=[admitted])
        resident.leave_sheet(sheet, plan.out)
        pairing = Pairing(
            server=member.server,
            household=household,
            owner=b64.encode(member.keys.signing.public),
            cell=cell,
            lon=lon,
            lat=lat,
        )
    async with Uplink(member.server, hub.signing) as uplink:
        # Everything is kept, however old a file's pictures are said to be.
        camera = Camera(id=ids.new_id(), name=plan.name, url=plan.camera, record="always", keep_days=365)
        pipeline = Pipeline(folder, HubOptions(camera=(camera,)), hub, pairing, uplink)
        try:
            yield pipeline, pipeline.paired
        finally:
            pipeline.close()


async def _watch(plan: Plan, report: Report, pipeline: Pipeline, town: Town) -> Watched:
    (camera,) = pipeline.options.camera
    with report.step("watch", "record, detect, seal") as said:
        start = await watching.start_of(plan.camera)
        watched = await watching.watch_camera(pipeline, camera, start, plan.seconds)
        if watched.first is None:
            raise fail("The camera sent no picture.")
        said.append(f"{len(watched.kept)} events")
        if watched.damage:
            said.append(f"({watched.damage} damaged places left out)")
    if not watched.kept:
        with report.step("press", "nothing was seen: ring the bell at the middle"):
            await watching.press_bell(pipeline, camera, watched)
            if not watched.kept:
                raise fail("Nothing of the video could be recorded.")
    first = watched.first
    report.events = [
        EventRow(
            camera.name,
            occasion.label,
            round((occasion.start - first).total_seconds(), 3),
            round((occasion.end - first).total_seconds(), 3),
        )
        for occasion, _ in sorted(watched.kept, key=lambda pair: pair[0].start)
    ]
    with report.step("send", "send the sealed clips") as said:
        said.append(f"{await watching.send_all(town)} clips")
    return watched


async def _ask(
    plan: Plan, report: Report, officer: Officer, supervisor: Officer, watched: Watched
) -> tuple[str, str]:
    case_key = keys.new_identity()
    case_number = f"TOUR-{secrets.token_hex(4).upper()}"
    ask = _fill_in(plan, case_number, "identify_suspect", await _window(watched))
    with report.step("refuse", "the ordinance refuses a protest, by name") as said:
        protest = replace(ask, purpose="protest", case_number=f"{case_number}-X")
        answer = await officer.ask(protest, keys.new_identity())
        if answer["state"] != "refused":
            raise fail("A request about a protest was not refused.")
        said.append(", ".join(rule["id"] for rule in answer["decision"]["rules"] if not rule["holds"]))
    with report.step("ask", "an officer asks") as said:
        answer = await officer.ask(ask, case_key)
        if answer["state"] != "waiting":
            broken = [rule["text"] for rule in answer["decision"]["rules"] if not rule["holds"]]
            raise fail(f"The request was refused: {' '.join(broken)}")
        request = str(answer["request"])
        said.append("waits for a second person")
    with report.step("same", "the same person may not sign twice"):
        await officer.expect_refusal_to_cosign(request)
    with report.step("cosign", "a second person signs; it is public") as said:
        answer = await supervisor.cosign(request)
        if answer["state"] != "open":
            raise fail("The request did not open after the second signature.")
        said.append(f"{len(answer['decision']['rules'])} clauses hold")
    return request, case_number


async def _window(watched: Watched) -> tuple[datetime, datetime]:
    """Return 20 whole minutes around the first clip, all past; waits for the minute to end if need be."""
    _, kept = watched.kept[0]
    end = kept.end.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while end > clock.now():
        await asyncio.sleep(0.5)
    return end - timedelta(minutes=20), end


def _fill_in(plan: Plan, case_number: str, purpose: str, window: tuple[datetime, datetime]) -> Ask:
    sample = load_town().sample_request
    lon, lat = plan.place
    # Not centred: an outline around a camera's exact place would tell where it is.
    east, north = (secrets.randbelow(1000) / 1_000_000 for _ in range(2))
    corners = [(-HALF_LON, -HALF_LAT), (HALF_LON, -HALF_LAT), (HALF_LON, HALF_LAT), (-HALF_LON, HALF_LAT)]
    return Ask(
        case_number=case_number,
        offence=sample.offence,
        purpose=purpose,
        words=sample.words,
        outline=[[round(lon + x + east, 6), round(lat + y + north, 6)] for x, y in corners],
        start=window[0],
        end=window[1],
    )


async def _match(town: Town, request: str) -> Match:
    async with asyncio.timeout(MATCH_TIMEOUT_S):
        while True:
            with contextlib.suppress(Refused):  # until a witness has signed the new entries
                await town.requests.refresh(town.uplink)
            for match in town.requests.matches(town.sealer.kept(), clock.now()):
                if match.request == request:
                    return match
            await asyncio.sleep(0.2)


def _all_hold(checks: Iterable[Check]) -> str:
    found = [check for check in checks if check.state != "absent"]
    broken = [check for check in found if check.state != "holds"]
    if broken or not found:
        raise fail(
            f"{len(broken)} of {len(found)} checks do not hold: {'; '.join(check.name for check in broken)}"
        )
    return f"{len(found)} checks hold"
