"""Join the rooms into one application. Nothing imported here can open a clip.

In:     Options.
Out:    opened services with their clockwork; the ASGI application over them.
Holds:  rooms are joined here only; every answer carries the page policy; no call is logged.
"""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from fanlight import __version__
from fanlight.model import clock
from fanlight.model.errors import FanlightError
from fanlight.proof.witness_list import WitnessList
from fanlight.server import (
    answers,
    days,
    first_start,
    front,
    incidents,
    links,
    neighbors,
    operator,
    pages,
    release,
    sealed,
    setup,
    texts,
    versions,
    wishes,
)
from fanlight.server.accounts import http as accounts_http
from fanlight.server.accounts import provide_session, shredding
from fanlight.server.accounts.areas import Areas
from fanlight.server.accounts.challenges import Challenges
from fanlight.server.agencies import clockwork as people
from fanlight.server.agencies import http as agencies_http
from fanlight.server.agencies import inviting_http
from fanlight.server.auditing import http as auditing_http
from fanlight.server.counsel import http as counsel_http
from fanlight.server.days import http as days_http
from fanlight.server.evidence import day, drops, ending, ends
from fanlight.server.evidence import http as evidence_http
from fanlight.server.gifts import http as gifts_http
from fanlight.server.idle import LOCK_AFTER, Idle
from fanlight.server.incidents import http as incidents_http
from fanlight.server.incidents.intake import Seen
from fanlight.server.incoming import Incoming
from fanlight.server.limits import RateLimits
from fanlight.server.links import http as links_http
from fanlight.server.log import Log
from fanlight.server.log import http as log_http
from fanlight.server.log.keys import LogKeys
from fanlight.server.log.panel import Panel
from fanlight.server.media import http as media_http
from fanlight.server.media_place import Place
from fanlight.server.meetings import Meetings
from fanlight.server.moderators import http as moderators_http
from fanlight.server.neighbors import http as neighbors_http
from fanlight.server.notify import http as notify_http
from fanlight.server.notify.sending import Reach, Sender
from fanlight.server.operations import clockwork as operating
from fanlight.server.operations import http as operations_http
from fanlight.server.oversight import http as oversight_http
from fanlight.server.process import http as process_http
from fanlight.server.process import telling
from fanlight.server.programme import clerks_http, comments_http, register_http, suspended
from fanlight.server.programme import http as programme_http
from fanlight.server.relay import http as relay_http
from fanlight.server.relay.switch import Switch
from fanlight.server.requests import cells, clockwork
from fanlight.server.requests import http as requests_http
from fanlight.server.requests import templates as request_templates
from fanlight.server.sealed.auditors import read_auditors
from fanlight.server.services import Services
from fanlight.server.shreds import ShredList
from fanlight.server.speech import http as speech_http
from fanlight.server.stopping import stop
from fanlight.server.texts import http as texts_http
from fanlight.server.unfinished import Unfinished
from fanlight.server.vault import http as vault_http
from fanlight.server.vault.keeping import Keeper
from fanlight.server.whole_calls import whole_calls
from fanlight.server.wishes import http as wishes_http
from fanlight.store.blobs import Blobs
from fanlight.store.database import Database, migrate
from fanlight.store.evidence import LockedBlobs
from fanlight.store.log_bucket import open_place

MAX_BODY = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What an application is started with.

    Attributes:
        home: the state folder.
        database: address of the database, for its owner.
        app_database: address for the app's own role; derived on a private socket.
        witness: address of the only witness, whose key is learnt from itself; None for a record without one.
        witnesses: who watches the record, where a `witnesses.toml` says so; `witness` does not count then.
        blobs: a URL such as `s3://...`; None for the home's folder.
        evidence: a URL of a bucket with Object Lock for the copies given to agencies; None for where the
            other blobs are.
        log_files: a URL such as `s3://...` for tiles and checkpoints; None for the home's folder.
        quota_gib: what one household's sealed clips may take.
        demo: show the invented people on the front page.
        port: where this server answers.
        push: whom to name to push services, and which of them may be called.
        origin: scheme, host and port under which browsers know it; None for localhost.
        proxies: addresses of proxies in front, whose word on the caller's address counts.
        client: folder of the web client. It is entered in the record, and so are the first texts for those
            who use it; None enters neither.
        connections: how many to the database at once.
        rounds_s: how many seconds lie between two looks at gags and sealed slots.
        endings_s: how many seconds lie between two looks at what ends: agreements, cases, copies.
        clock: gives the present.
        lock_after: how long a session of an office may lie unused.
        media: where the media of public posts are; None for a town that keeps none.
    """

    home: Path
    database: str
    app_database: str | None = None
    witness: str | None = None
    witnesses: WitnessList | None = None
    blobs: str | None = None
    evidence: str | None = None
    log_files: str | None = None
    quota_gib: float = 50.0
    demo: bool = False
    port: int = 0
    push: Reach = field(default_factory=Reach)
    origin: str | None = None
    proxies: frozenset[str] = frozenset()
    client: Path | None = None
    connections: int = 12
    rounds_s: float = 30.0
    endings_s: float = ending.POLL_S
    clock: Callable[[], datetime] = clock.now
    lock_after: timedelta = LOCK_AFTER
    media: Place | None = None


@get("/healthz", operation_id="health")
async def health() -> dict[str, str]:
    """Say that the server answers."""
    return {"state": "ready"}


@contextlib.asynccontextmanager
async def open_services(options: Options) -> AsyncIterator[Services]:
    """Open database, record and blobs, load a first start's document, and run the clockwork."""
    await asyncio.to_thread(migrate, options.database, options.app_database)
    db = await Database.open(options.database, options.app_database, size=options.connections)
    key = setup.log_key(options.home)
    panel = _panel(options)
    log = Log(
        db,
        open_place(options.home / "log", options.log_files),
        LogKeys(key, setup.old_log_key(options.home), tuple(setup.handovers(options.home))),
        panel,
    )
    blobs = Blobs(options.blobs or options.home / "blobs")
    services = Services(
        home=options.home,
        db=db,
        log=log,
        blobs=blobs,
        evidence=await _evidence(options.evidence, blobs),
        limits=RateLimits(options.clock),
        clock=options.clock,
        incoming=Incoming(options.home / "server" / "incoming"),
        shreds=ShredList(options.home / "server" / "shred"),
        quota_bytes=int(options.quota_gib * (1 << 30)),
        push=Sender(options.home, _reach(options), options.clock),
        unfinished=Unfinished(),
        meetings=Meetings(options.clock),
        idle=Idle(options.clock(), options.lock_after),
        demo=options.demo,
        port=options.port,
        origin=options.origin or f"http://localhost:{options.port}",
        proxies=options.proxies,
        media=options.media,
    )
    tasks: list[asyncio.Task[None]] = []
    try:
        await log.start()
        await first_start.load(services)
        await suspended.enter(db, log, options.clock().date())
        if options.client is not None:
            await texts.begin(services.db, services.log, options.clock().date())
            await _enter_client(services, options.client)
        await shredding.replay(services)  # all before anything is served:
        await neighbors.replay(services)
        await links.replay(services)  # an older database may have been restored
        await Keeper(services).replay()
        await shredding.replay_secrets(services)
        await ends.replay(services)
        tasks = [
            *(asyncio.create_task(task) for task in log.tasks()),
            asyncio.create_task(clockwork.run(services)),
            asyncio.create_task(people.run(services)),
            asyncio.create_task(day.run(services)),
            asyncio.create_task(drops.run(services)),
            asyncio.create_task(ending.run(services, options.endings_s)),
            asyncio.create_task(Keeper(services).run()),
            asyncio.create_task(links.run(services)),
            asyncio.create_task(wishes.run(services)),
            asyncio.create_task(incidents.run(services)),
            asyncio.create_task(neighbors.run(services)),
            asyncio.create_task(operating.run(services)),
            asyncio.create_task(days.run(services)),
            asyncio.create_task(telling.run(services, options.rounds_s)),
            asyncio.create_task(sealed.run(services, read_auditors(options.home), options.rounds_s)),
        ]
        yield services
    finally:
        await stop(tasks)
        await services.push.close()
        if panel is not None:
            await panel.close()
        await db.close()


def _panel(options: Options) -> Panel | None:
    if options.witnesses is not None:
        return Panel.of(options.witnesses)
    known = options.home / "server" / "witness.vkeys"
    return Panel.alone(options.witness, known) if options.witness else None


async def _evidence(url: str | None, blobs: Blobs) -> Blobs:
    """Return the place of copies given to agencies; raises NoObjectLock, BlobsAway."""
    if url is None:
        return blobs
    locked = LockedBlobs(url, blobs)
    await locked.check()
    return locked


async def _enter_client(services: Services, folder: Path) -> None:
    """Enter the web client that is served in the record; one that is not whole is served and not entered."""
    try:
        client = await asyncio.to_thread(release.load, folder)
    except release.BadRelease as error:
        structlog.get_logger().warning("the web client is not entered in the record", why=error.what)
        return
    await release.enter(services.db, services.log, client)


def _reach(options: Options) -> Reach:
    """Return whom push services are told to write to: as started, else the town's origin."""
    town = setup.load(options.home).town
    if options.push.contact or town is None:
        return options.push
    return replace(options.push, contact=f"https://{town.origin}")


def make_app(options: Options, services: Services) -> Litestar:
    """Return the application over opened services."""
    challenges = Challenges(options.clock, services.log.key.name)
    switches = Switch()
    seen = Seen()
    areas = Areas(functools.partial(cells.check_area, services))
    handlers: list[Any] = [
        health,
        versions.spoken,
        front.front,
        pages.router,
        log_http.router,
        accounts_http.router,
        notify_http.router,
        vault_http.router,
        links_http.router,
        relay_http.router,
        programme_http.router,
        register_http.router,
        clerks_http.router,
        comments_http.router,
        requests_http.router,
        request_templates.router,
        wishes_http.router,
        incidents_http.router,
        neighbors_http.router,
        evidence_http.router,
        agencies_http.router,
        inviting_http.router,
        auditing_http.router,
        process_http.router,
        counsel_http.router,
        moderators_http.router,
        operator.router,
        texts_http.router,
        speech_http.router,
        gifts_http.router,
        operations_http.router,
        oversight_http.router,
        days_http.router,
        media_http.router,
    ]
    app = Litestar(
        route_handlers=handlers,
        dependencies={
            "services": Provide(lambda: services, sync_to_thread=False),
            "challenges": Provide(lambda: challenges, sync_to_thread=False),
            "areas": Provide(lambda: areas, sync_to_thread=False),
            "switches": Provide(lambda: switches, sync_to_thread=False),
            "seen": Provide(lambda: seen, sync_to_thread=False),
            "session": Provide(provide_session),
        },
        exception_handlers={
            FanlightError: answers.known,
            HTTPException: answers.from_framework,
            Exception: answers.unexpected,
        },
        before_request=versions.before,
        response_headers=pages.headers(options.media.url if options.media else None),
        request_max_body_size=MAX_BODY,
        openapi_config=OpenAPIConfig(
            title="Fanlight",
            version=__version__,
            path="/schema",
            use_handler_docstrings=True,
            render_plugins=[JsonRenderPlugin()],  # the framework's own pages load scripts from elsewhere
        ),
        logging_config=None,
    )
    app.asgi_handler = whole_calls(app.asgi_handler)
    return app
