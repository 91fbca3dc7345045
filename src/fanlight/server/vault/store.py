"""The rows of clips, of what was erased, of a hub's last word and of how long a household keeps clips."""

from collections.abc import Sequence
from datetime import date

import msgspec

from fanlight.seal.container import Card
from fanlight.server.vault.rules import KEEP_DAYS, Outside
from fanlight.store.database import Tx, changed, many, one, value
from fanlight.wire import b64


class ClipRow(msgspec.Struct, frozen=True):
    """A clip as kept. `kept` says that its payload is whole and stored, `marked` that a member keeps it."""

    id: str
    day: date
    length: int
    root: str
    card: str
    sig: str
    manifest: bytes
    hdr: bytes
    kept: bool
    marked: bool
    hdr_epoch: int | None
    old_place: bool


class Standing(msgspec.Struct, frozen=True):
    """What must be known to let a hub announce a clip. `card` and `kept` are null where it is new."""

    sign_pub: bytes
    keep_days: int | None
    erased: bool
    length: int | None
    card: str | None
    kept: bool | None


class BriefRow(msgspec.Struct, frozen=True):
    """What must be known of a clip to take its payload."""

    id: str
    day: date
    length: int
    root: str
    kept: bool
    old_place: bool


class ListRow(msgspec.Struct, frozen=True):
    """A clip as listed. `manifest` is null where a brief list was asked for."""

    id: str
    day: date
    card: str
    sig: str
    manifest: bytes | None
    marked: bool
    hdr_epoch: int | None
    readers: str | None


class Oldest(msgspec.Struct, frozen=True):
    """A household's oldest clip that no member keeps. `keep_days` is null where nobody chose."""

    household: str
    oldest: date
    keep_days: int | None


class Home(msgspec.Struct, frozen=True):
    """Whose a clip is, and whether its payload is whole and stored."""

    clip: str
    household: str
    kept: bool


class Doomed(msgspec.Struct, frozen=True):
    """A payload that is to go. `lasting`: no restore may bring it back."""

    clip: str
    lasting: bool


_CLIP = "SELECT id, day, length, root, card, sig, manifest, hdr, kept, marked, hdr_epoch, old_place FROM clip"
_LIST = "SELECT id, day, card, sig, manifest, marked, hdr_epoch, readers FROM clip"
_BRIEF = "SELECT id, day, card, sig, NULL::bytea AS manifest, marked, hdr_epoch, readers FROM clip"


async def add(tx: Tx, household: str, hub: str, card: Card, outside: Outside) -> bool:
    """Store a clip that is to come; tell whether its id was new anywhere."""
    return bool(
        await changed(
            tx,
            "INSERT INTO clip (id, household, hub, epoch, day, length, root, manifest_sha256, card, sig,"
            " manifest, hdr) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [
                *(card.clip, household, hub, card.epoch, card.day, card.length, card.root.hex()),
                *(card.manifest_sha256.hex(), outside.card.decode(), b64.encode(outside.sig)),
                *(outside.manifest, outside.hdr),
            ],
        )
    )


async def get(tx: Tx, clip: str) -> ClipRow | None:
    """Return a clip of the transaction's household."""
    return await one(tx, ClipRow, _CLIP + " WHERE id = %s", [clip])


async def get_held(tx: Tx, clip: str) -> ClipRow | None:
    """Return a clip that the transaction's household no longer has and that lies here for a request."""
    columns = _CLIP.removesuffix(" FROM clip")
    return await one(tx, ClipRow, columns + " FROM held_clip WHERE id = %s", [clip])


async def brief(tx: Tx, clip: str) -> BriefRow | None:
    """Return a clip of the transaction's household without its sealed parts."""
    query = "SELECT id, day, length, root, kept, old_place FROM clip WHERE id = %s"
    return await one(tx, BriefRow, query, [clip])


async def standing(tx: Tx, hub: str, clip: str) -> Standing | None:
    """Return how a clip stands that a hub of the transaction's household announces: one question for all."""
    return await one(
        tx,
        Standing,
        "SELECT a.sign_pub, s.keep_days, c.length, c.card, c.kept,"
        " EXISTS (SELECT FROM shred WHERE clip = %(clip)s) AS erased FROM account a"
        " LEFT JOIN vault_setting s ON true LEFT JOIN clip c ON c.id = %(clip)s WHERE a.id = %(hub)s",
        {"hub": hub, "clip": clip},
    )


async def keep(tx: Tx, clip: str) -> bool:
    """Note that a clip's payload is whole; tell whether its row is still there."""
    return bool(await changed(tx, "UPDATE clip SET kept = true WHERE id = %s", [clip]))


async def mark(tx: Tx, clip: str, *, marked: bool) -> bool:
    """Note whether a member keeps a whole clip; tell whether it is there."""
    return bool(await changed(tx, "UPDATE clip SET marked = %s WHERE id = %s AND kept", [marked, clip]))


class Anew(msgspec.Struct, frozen=True):
    """Header and manifest that a member sealed anew by the page `epoch`; `readers`: a hash of whom to."""

    hdr: bytes
    manifest: bytes
    epoch: int
    readers: str


async def newest_epoch(tx: Tx, household: str) -> int:
    """Return the number of the household's newest key; -1 where it has none."""
    return int(await value(tx, "SELECT coalesce(max(n), -1) FROM epoch WHERE household = %s", [household]))


async def put_anew(tx: Tx, clip: str, sealed: Anew, *, newest: int) -> bool:
    """Put what a member sealed anew in place of a kept clip's; tell whether there is one.

    What was sealed by an older page than what is there changes nothing: two devices may be at it. A number
    beyond `newest`, as earlier servers took, is no page's and holds nothing up.
    """
    given = msgspec.structs.asdict(sealed) | {"clip": clip, "newest": newest}
    await tx.execute(
        "UPDATE clip SET hdr = %(hdr)s, manifest = %(manifest)s, readers = %(readers)s, hdr_epoch = %(epoch)s"
        " WHERE id = %(clip)s AND kept AND marked"
        " AND (coalesce(hdr_epoch, 0) <= %(epoch)s OR hdr_epoch > %(newest)s)",
        given,
    )
    query = "SELECT EXISTS (SELECT FROM clip WHERE id = %(clip)s AND kept AND marked)"
    return bool(await value(tx, query, given))


class NoteRow(msgspec.Struct, frozen=True):
    """What is written on a clip, sealed."""

    note: bytes | None


async def note(tx: Tx, clip: str) -> NoteRow | None:
    """Return what is written on a whole clip of the transaction's household; None if there is none."""
    return await one(tx, NoteRow, "SELECT note FROM clip WHERE id = %s AND kept", [clip])


async def put_note(tx: Tx, clip: str, sealed: bytes | None) -> bool:
    """Put a sealed note, or none, on a whole clip; tell whether it is there."""
    return bool(await changed(tx, "UPDATE clip SET note = %s WHERE id = %s AND kept", [sealed, clip]))


class DayRow(msgspec.Struct, frozen=True):
    """How many whole clips a day has."""

    day: date
    clips: int


async def days(tx: Tx) -> list[DayRow]:
    """Return the days of the transaction's household that have whole clips, latest first."""
    return await many(
        tx, DayRow, "SELECT day, count(*) AS clips FROM clip WHERE kept GROUP BY day ORDER BY day DESC", []
    )


async def page(
    tx: Tx, day: date | None, after: tuple[date, str] | None, limit: int, *, brief: bool = False
) -> list[ListRow]:
    """Return whole clips of the transaction's household, latest day first, within a day by id."""
    last_day, last_id = after or (None, None)
    return await many(
        tx,
        ListRow,
        (_BRIEF if brief else _LIST) + " WHERE kept AND (%(day)s::date IS NULL OR day = %(day)s)"
        " AND (%(last_day)s::date IS NULL OR day < %(last_day)s OR (day = %(last_day)s AND id > %(last_id)s))"
        " ORDER BY day DESC, id LIMIT %(limit)s",
        {"day": day, "last_day": last_day, "last_id": last_id, "limit": limit},
    )


async def erase(tx: Tx, household: str, clips: Sequence[str]) -> int:
    """Delete clips' rows and remember that they were erased; return how many were there."""
    query = "DELETE FROM clip WHERE id = ANY(%s) RETURNING id AS clip, household, kept"
    gone = await many(tx, Home, query, [clips])
    if gone:
        await tx.execute(
            "INSERT INTO shred (clip, household) SELECT unnest(%s::text[]), %s ON CONFLICT DO NOTHING",
            [[one.clip for one in gone], household],
        )
    return len(gone)


async def expire(tx: Tx, until: date, limit: int, *, lasting: bool) -> int:
    """Delete rows of the transaction's household up to `until` that no member keeps; return how many.

    `lasting`: each is entered in the shred list, because no day there covers it.
    """
    if not lasting:
        await tx.execute("SELECT set_config('fanlight.expiring', 'on', true)")
    return await changed(
        tx,
        "DELETE FROM clip WHERE id IN (SELECT id FROM clip WHERE day <= %s AND NOT marked LIMIT %s)",
        [until, limit],
    )


async def needs_secret(tx: Tx, epoch: int) -> bool:
    """Tell whether a clip of the transaction's household, one on its way too, is sealed to this epoch."""
    query = "SELECT EXISTS (SELECT FROM clip WHERE readers IS NULL AND (epoch = %(n)s OR hdr_epoch = %(n)s))"
    return bool(await value(tx, query, {"n": epoch}))


async def mark_all(tx: Tx, clips: Sequence[str]) -> int:
    """Mark again what members kept and an older database does not know; return how many there were."""
    return await changed(tx, "UPDATE clip SET marked = true WHERE id = ANY(%s) AND NOT marked", [clips])


async def keep_days(tx: Tx) -> int:
    """Return for how many days the transaction's household keeps clips."""
    found: int | None = await value(tx, "SELECT keep_days FROM vault_setting")
    return KEEP_DAYS if found is None else found


async def set_keep_days(tx: Tx, household: str, days: int) -> None:
    """Keep clips of the transaction's household for so many days."""
    await tx.execute(
        "INSERT INTO vault_setting (household, keep_days) VALUES (%s, %s)"
        " ON CONFLICT (household) DO UPDATE SET keep_days = excluded.keep_days",
        [household, days],
    )


async def used_bytes(tx: Tx) -> int:
    """Return what the transaction's household takes: clips and links, those on their way too, all parts."""
    return int(
        await value(
            tx,
            "SELECT (SELECT coalesce(sum(length + octet_length(manifest) + octet_length(hdr)), 0) FROM clip)"
            " + (SELECT coalesce(sum(length + octet_length(about) + octet_length(own)), 0) FROM link"
            " WHERE state IN ('coming', 'open'))",
        )
    )


async def marked_count(tx: Tx) -> int:
    """Return how many clips members of the transaction's household keep."""
    return int(await value(tx, "SELECT count(*) FROM clip WHERE marked"))


async def lock_room(tx: Tx, household: str) -> int:
    """Return `used_bytes`, and let nobody else of the household take room until the transaction ends."""
    async with tx.pipeline():
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 10))", [household])
        return await used_bytes(tx)


async def oldest(tx: Tx) -> list[Oldest]:
    """Return of each household that has clips which no member keeps the oldest one's day."""
    return await many(tx, Oldest, "SELECT household, oldest, keep_days FROM vault_oldest()")


async def homes_of(tx: Tx, clips: Sequence[str]) -> list[Home]:
    """Return of those clips whose rows are there whose they are."""
    return await many(tx, Home, "SELECT clip, household, kept FROM vault_homes_of(%s)", [clips])


async def total(tx: Tx) -> int:
    """Return how many whole clips there are in all."""
    return int(await value(tx, "SELECT vault_total()"))


async def lapse(tx: Tx, today: date) -> int:
    """Let go of preservation that is over, and of the clips that were put aside for it; return how many."""
    return int(await value(tx, "SELECT vault_lapse(%s)", [today]))


async def held(tx: Tx) -> list[str]:
    """Return the ids of clips that are gone for their household and put aside until the end of a request."""
    rows = await tx.execute("SELECT clip FROM vault_held()")
    return [row[0] for row in await rows.fetchall()]


async def doomed(tx: Tx, limit: int) -> list[Doomed]:
    """Return payloads that are to go."""
    return await many(tx, Doomed, "SELECT clip, lasting FROM doomed LIMIT %s", [limit])


async def are_doomed(tx: Tx, clips: Sequence[str]) -> set[str]:
    """Return which of the clips have a payload that is to go."""
    rows = await many(tx, Doomed, "SELECT clip, lasting FROM doomed WHERE clip = ANY(%s)", [clips])
    return {row.clip for row in rows}


async def waiting(tx: Tx) -> int:
    """Return how many payloads are to go."""
    return int(await value(tx, "SELECT count(*) FROM doomed"))


async def gone(tx: Tx, clips: Sequence[str]) -> None:
    """Forget payloads that are gone."""
    await tx.execute("DELETE FROM doomed WHERE clip = ANY(%s)", [clips])


async def put_status(tx: Tx, household: str, body: bytes) -> None:
    """Keep the hub's last status box in place of the one before."""
    await tx.execute(
        "INSERT INTO hub_status (household, body) VALUES (%s, %s)"
        " ON CONFLICT (household) DO UPDATE SET body = excluded.body",
        [household, body],
    )


async def get_status(tx: Tx, household: str) -> bytes | None:
    """Return the hub's last status box."""
    found = await value(tx, "SELECT body FROM hub_status WHERE household = %s", [household])
    return None if found is None else bytes(found)
