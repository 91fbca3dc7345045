"""Routes: what a household keeps and for how long; what the operator may know of it: how many."""

import asyncio
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from fanlight.server.accounts import Caller, Session
from fanlight.server.errors import Malformed
from fanlight.server.looks import Look
from fanlight.server.services import Parts, Services
from fanlight.server.vault import rules, store
from fanlight.server.vault.keeping import Keeper
from fanlight.server.vault.rules import checked_id, no_clip


class KeepIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """For how many whole days clips stay; 0: the server takes none."""

    keep_days: Annotated[int, Meta(ge=0, le=rules.MOST_KEEP_DAYS)]


class KeepOut(msgspec.Struct):
    """How long a household's clips stay, how many members keep for good, and what space there is."""

    keep_days: int
    kept_clips: int
    used_bytes: int
    quota_bytes: int


class LooksOut(msgspec.Struct):
    """What the last comparison of rows and payloads found; null before the first."""

    last: Look | None


async def _keeping(services: Services, household: str) -> KeepOut:
    async with services.db.transaction(household=household) as tx:
        return KeepOut(
            keep_days=await store.keep_days(tx),
            kept_clips=await store.marked_count(tx),
            used_bytes=await store.used_bytes(tx),
            quota_bytes=services.quota_bytes,
        )


@get("/v1/vault/keeping", operation_id="getKeeping")
async def get_keeping(services: Parts, session: Caller) -> KeepOut:
    """Return how long clips stay, and how full the household's space is."""
    return await _keeping(services, session.watching().household)


@put("/v1/vault/keeping", operation_id="putKeeping", status_code=200)
async def put_keeping(data: JSONBody[KeepIn], services: Parts, session: Caller) -> KeepOut:
    """Choose for how many days clips stay. Older ones that no member keeps are gone when this answers."""
    session.owning()
    async with services.db.transaction(household=session.household) as tx:
        await store.set_keep_days(tx, session.household, data.keep_days)
    keeper = Keeper(services)
    await keeper.expire_home(session.household, data.keep_days)
    await keeper.clear()
    return await _keeping(services, session.household)


@put("/v1/clips/{clip:str}/keep", operation_id="keepClip", status_code=204)
async def keep_clip(clip: FromPath[str], services: Parts, session: Caller) -> None:
    """Keep a clip until a member lets it go; again is fine."""
    await _mark(services, session.at_home(), clip, marked=True)


@delete("/v1/clips/{clip:str}/keep", operation_id="letClipGo", status_code=204)
async def let_go(clip: FromPath[str], services: Parts, session: Caller) -> None:
    """Keep a clip no longer than others of its day; again is fine."""
    await _mark(services, session.at_home(), clip, marked=False)


async def _mark(services: Services, session: Session, clip: str, *, marked: bool) -> None:
    async with services.db.transaction(household=session.household) as tx:
        if not await store.mark(tx, checked_id(clip), marked=marked):
            raise no_clip()
        # Inside, so that of two calls at once the list and the row know the same one as the later.
        await asyncio.to_thread(services.shreds.note_mark, clip, kept=marked)


class AnewIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Header and manifest of a kept clip in base64, sealed to the people whose hash is `readers`."""

    hdr: Annotated[str, Meta(max_length=rules.MAX_ANEW * 4 // 3 + 4)]
    manifest: Annotated[str, Meta(max_length=rules.MAX_MANIFEST * 4 // 3 + 4)]
    epoch: Annotated[int, Meta(ge=0, le=1 << 30)]
    readers: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]


@put(
    "/v1/clips/{clip:str}/anew",
    operation_id="sealClipAnew",
    status_code=204,
    request_max_body_size=2 * rules.MAX_MANIFEST,
)
async def put_anew(clip: FromPath[str], data: JSONBody[AnewIn], services: Parts, session: Caller) -> None:
    """Replace a kept clip's header and manifest by the same, sealed to the people who may open it."""
    session.at_home()
    hdr, manifest = rules.age_part(data.hdr), rules.age_part(data.manifest)
    async with services.db.transaction(household=session.household) as tx:
        newest = await store.newest_epoch(tx, session.household)
        if data.epoch > newest:  # or what is there could never be replaced again
            raise Malformed(
                "This household has no key of this number yet.",
                do="Load the household again.",
                code="vault.epoch_ahead",
            )
        sealed = store.Anew(hdr, manifest, data.epoch, data.readers)
        if not await store.put_anew(tx, checked_id(clip), sealed, newest=newest):
            raise no_clip()


@get("/v1/operator/vault", operation_id="getVaultLook")
async def get_look(services: Parts, session: Caller) -> LooksOut:
    """Say what the last comparison of rows and payloads found: numbers over all households."""
    session.of_kind("operator")
    return LooksOut(services.looks.last)


ROUTES = (get_keeping, put_keeping, keep_clip, let_go, put_anew, get_look)
