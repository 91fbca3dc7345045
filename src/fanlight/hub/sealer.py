"""Make a clip of an event and seal it to the household. Room 5 of the hub.

In:     an event, and the segments around it from the journal.
Out:    a Parcel for the outbox.
Holds:  each camera's clips are numbered and chained; a number is used once, also over restarts.
Absent: any key that opens what was sealed. The hub has the epoch's public half only.
Why:    docs/spec/seal.md
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fanlight.hub import even
from fanlight.hub.options import Camera
from fanlight.hub.outbox import OutboxFull, Parcel
from fanlight.hub.places import to_manifest
from fanlight.hub.playable import playable
from fanlight.hub.segmenter import Segment, fmp4
from fanlight.hub.segmenter.boxes import bad
from fanlight.model import clock, ids
from fanlight.seal.age_format import Buffer
from fanlight.seal.clip import SealedClip, seal_clip
from fanlight.seal.epoch import Epoch
from fanlight.seal.keys import SigningKey
from fanlight.seal.manifest import ClipFacts, Clock, Label

PRE_ROLL = timedelta(seconds=4)
POST_ROLL = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Why a clip is made: a detector's event or a press of the bell. `score` is in percent, `clip` its id."""

    label: Label
    start: datetime
    end: datetime
    score: int
    thumb: bytes
    clip: str = field(default_factory=ids.new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the hub remembers of a clip, to match requests at home. `end` is when its picture ends."""

    clip: str
    camera: str
    label: str
    start: datetime
    end: datetime


class Sealer:
    """Seals the clips of one household; `folder` holds the chains and what was kept.

    `guests` tells, of a camera and a moment, whom else its clip is sealed to.
    """

    def __init__(
        self,
        folder: Path,
        household: str,
        signing: SigningKey,
        guests: Callable[[str, datetime], list[str]] = lambda _camera, _at: [],
    ) -> None:
        """Open the chains."""
        self._household, self._signing, self._guests = household, signing, guests
        self.sizes: tuple[int, ...] = ()  # where clips are to look alike: all that a padded one may have
        self._lock = threading.Lock()
        self._db = sqlite3.connect(folder / "clips.sqlite", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")  # a number that was used must stay used
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS clip (clip TEXT PRIMARY KEY, camera TEXT NOT NULL,"
            " seq INTEGER NOT NULL, hash BLOB NOT NULL, label TEXT NOT NULL, start TEXT NOT NULL,"
            " finish TEXT NOT NULL, lost INTEGER NOT NULL DEFAULT 0,"
            " UNIQUE (camera, seq)) STRICT"
        )
        self._db.execute("CREATE INDEX IF NOT EXISTS clip_by_end ON clip (finish)")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def seal(  # noqa: PLR0913, PLR0917 - each is a different thing
        self,
        camera: Camera,
        occasion: Occasion,
        segments: Sequence[Segment],
        epoch: Epoch,
        clock: Clock,
        sub_segments: Sequence[Segment] = (),
    ) -> tuple[Parcel, Kept]:
        """Seal what `segments` hold as one clip, remember it, and return it for the outbox. Any thread may.

        What no browser plays is made playable first, from `sub_segments` of the same stretch if they serve.

        Raises:
            BadFmp4: the segments do not make a clip (`fmp4.can_join` is false).
            OutboxFull: the disk does not take the clip's number; the number stays unused.
        """
        if not fmp4.can_join(segments):
            raise bad("its segments are coded differently, or do not start at a keyframe")
        shown = playable(segments, sub_segments)  # before the lock: it may take as long as the clip lasts
        with self._lock:
            try:
                return self._seal(camera, occasion, shown, epoch, clock)
            except sqlite3.OperationalError as error:
                raise _unnumbered() from error

    def _seal(
        self, camera: Camera, occasion: Occasion, segments: Sequence[Segment], epoch: Epoch, clock: Clock
    ) -> tuple[Parcel, Kept]:
        joined = fmp4.join(segments)
        info = segments[0].info
        seq, prev = self._next(camera.id)
        facts = ClipFacts(
            household=self._household,
            camera=camera.id,
            camera_name=camera.name,
            clip=occasion.clip,
            start=segments[0].wall,
            duration_ms=joined.duration_ms,
            clock=clock,
            label=occasion.label,
            score=occasion.score,
            mime=fmp4.mime(info, fmp4.sound_of(segments)),
            width=info.width,
            height=info.height,
            init=joined.init,
            segments=to_manifest(joined.segments),
            thumb=occasion.thumb,
        )
        sealed = self._seal_alike(joined.media, facts, (seq, prev), epoch)
        kept = Kept(
            clip=facts.clip,
            camera=camera.id,
            label=occasion.label,
            start=facts.start,
            end=facts.start + timedelta(milliseconds=joined.duration_ms),
        )
        self._db.execute(
            "INSERT INTO clip VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
            (
                kept.clip,
                kept.camera,
                seq,
                sealed.chain_hash,
                kept.label,
                kept.start.isoformat(),
                kept.end.isoformat(),
            ),
        )
        return _parcel(kept.clip, sealed), kept

    def _seal_alike(
        self, media: Buffer, facts: ClipFacts, place: tuple[int, bytes | None], epoch: Epoch
    ) -> SealedClip:
        """Seal a clip; where clips are to look alike, of a size that others have, and its manifest too."""
        pad_to = even.place_for(len(media), self.sizes)

        def seal(facts: ClipFacts) -> SealedClip:
            return seal_clip(
                media,
                facts=facts,
                seq=place[0],
                prev=place[1],
                epoch=epoch.statement.n,
                epoch_recipient=epoch.statement.recipient,
                hub_key=self._signing,
                guests=self._guests(facts.camera, facts.start),
                pad_to=pad_to,
            )

        sealed = seal(facts)
        if pad_to is None or not facts.thumb:
            return sealed
        bare = seal(replace(facts, thumb=b""))
        # A picture that makes the sealed manifest larger than filler's would tell the two apart.
        return sealed if len(sealed.manifest_age) == len(bare.manifest_age) else bare

    def filler(self, size: int, epoch: Epoch) -> Parcel:
        """Seal noise as a clip of `size` padded bytes, in a chain of its own. Any thread may.

        Raises:
            OutboxFull: the disk does not take its number.
        """
        media, facts = even.filler(self._household, size, clock.now())
        with self._lock:
            try:
                seq, prev = self._next(facts.camera)
                sealed = self._seal_alike(media, facts, (seq, prev), epoch)
                self._db.execute(
                    "INSERT INTO clip VALUES (?, ?, ?, ?, 'none', '', '', 1)",
                    (facts.clip, facts.camera, seq, sealed.chain_hash),
                )
            except sqlite3.OperationalError as error:
                raise _unnumbered() from error
        return _parcel(facts.clip, sealed)

    def _next(self, camera: str) -> tuple[int, bytes | None]:
        """Return number and link of a camera's next clip."""
        last = self._db.execute(
            "SELECT seq, hash FROM clip WHERE camera = ? ORDER BY seq DESC LIMIT 1", (camera,)
        ).fetchone()
        return (last[0] + 1, last[1]) if last else (0, None)

    def kept(self, since: datetime | None = None) -> list[Kept]:
        """Return the clips that this hub made and that end after `since`, or all; oldest first."""
        # Stored in UTC as isoformat writes it; "+" sorts before ".", so whole seconds too are in order.
        earliest = "" if since is None else since.astimezone(UTC).isoformat()
        with self._lock:
            rows = self._db.execute(
                "SELECT clip, camera, label, start, finish FROM clip WHERE NOT lost AND finish > ?"
                " ORDER BY start",
                (earliest,),
            ).fetchall()
        return [
            Kept(
                clip=clip,
                camera=camera,
                label=label,
                start=datetime.fromisoformat(start),
                end=datetime.fromisoformat(finish),
            )
            for clip, camera, label, start, finish in rows
        ]

    def sent(self, since: date, until: datetime, held: Collection[str]) -> dict[str, dict[str, int]]:
        """Return how many clips of each UTC day from `since` on went to the server, by camera and day.

        `held` are those that wait here. Those that end after `until` may be on their way to the outbox; they,
        filler and what was lost do not count.
        """
        with self._lock:
            rows = self._db.execute(
                "SELECT camera, substr(start, 1, 10), count(*) FROM clip"
                " WHERE NOT lost AND start >= ? AND finish <= ?"
                " AND clip NOT IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 ORDER BY 1, 2",
                (since.isoformat(), until.astimezone(UTC).isoformat(), json.dumps(list(held))),
            ).fetchall()
        counts: dict[str, dict[str, int]] = {}
        for camera, day, clips in rows:
            counts.setdefault(camera, {})[day] = clips
        return counts

    def hashes(self, day: date) -> list[bytes]:
        """Return what the clips that began on a day (UTC) hash to in their chains, camera by camera."""
        with self._lock:
            rows = self._db.execute(
                "SELECT hash FROM clip WHERE NOT lost AND substr(start, 1, 10) = ? ORDER BY camera, seq",
                (day.isoformat(),),
            ).fetchall()
        return [bytes(row[0]) for row in rows]

    def lose(self, clip: str) -> None:
        """Match no request with a clip that could not be kept. Its number and its link stay used."""
        with self._lock, contextlib.suppress(sqlite3.OperationalError):
            self._db.execute("UPDATE clip SET lost = 1 WHERE clip = ?", (clip,))


def _parcel(clip: str, sealed: SealedClip) -> Parcel:
    return Parcel(
        clip=clip,
        card=sealed.card,
        card_sig=sealed.card_sig,
        manifest=sealed.manifest_age,
        hdr=sealed.hdr,
        pay=bytes(sealed.pay),
    )


def _unnumbered() -> OutboxFull:
    return OutboxFull(
        "A clip could not be numbered on this hub's disk.",
        kept="The recording itself and all clips made before are still here.",
        do="Make room on the hub's disk.",
    )


def leave_numbers_out(folder: Path, count: int = 1_000_000) -> None:
    """Go on far above the numbers that are known here: a backup does not know those that were used since.

    The gap looks like clips that have expired. Only for a folder in which no hub runs.
    """
    path = folder / "clips.sqlite"
    if not path.exists():
        return
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        last = db.execute("SELECT camera, max(seq) FROM clip GROUP BY camera").fetchall()
        db.executemany(
            "INSERT INTO clip VALUES (?, ?, ?, ?, 'none', '', '', 1)",
            [(ids.new_id(), camera, seq + count, bytes(32)) for camera, seq in last],
        )
