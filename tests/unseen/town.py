"""A town's server as its homes meet it, and all that its operator holds or sees of each of them.

In:     calls of hubs and of members' devices, grouped by the home's address (the operator may watch live).
Out:    answers as the server gives them; for each home its calls in order, and the rows that are left of it.
Holds:  what is taken, and for how long, the server's own rules decide (sessions, cards, days that expire, the
        day's tree); a call that the server does not know is answered 404, and seen all the same.
Absent: a database: `test_unseen` compares rows of a real one. What bytes say: they are ciphertext or random.
"""

import hashlib
import json
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx
from tests.hub.cells import (
    CELL,
    CELL_KEY,
    LOG,
    Asking,
    Entered,
    Record,
    enter,
    file_of,
    footage_request,
)

from fanlight.model import clock
from fanlight.model.window import Window
from fanlight.proof import journal_day
from fanlight.proof.checkpoint import sign_checkpoint
from fanlight.proof.openings import make_leaf
from fanlight.proof.receipt import Receipt
from fanlight.proof.tiles import TileTree
from fanlight.server.accounts.sessions import end_of_session
from fanlight.server.vault import rules
from fanlight.wire import b64, jcs

DAY_S = 86_400.0
_NAMES = (
    (re.compile(r"[0-9a-f]{64}"), "HASH"),
    (re.compile(r"\d{4}-\d\d-\d\d"), "DAY"),
    (re.compile(r"(?<=/)[a-z2-7]{26}(?=/|$)"), "ID"),
    (re.compile(re.escape(CELL)), "CELL"),
    (re.compile(r"(?<=/drops/)[^/]+"), "TOKEN"),
    (re.compile(r"/log/tile/.*"), "/log/tile"),
)

_FIXED = {"/v1/hub/status", "/v1/households/mine/epochs", "/v1/sessions", "/v1/sessions/challenge"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the operator sees it: when (s from the start), what, by whom, how long."""

    at: float
    kind: str
    signed: bool
    asks_if_changed: bool
    status: int
    sent: int
    got: int


@dataclass(slots=True)
class Rows:
    """What the database holds of a home after the month. Clips are (day, payload, manifest, header bytes)."""

    sessions: list[datetime] = field(default_factory=list)
    status_bytes: int = 0
    clips: dict[str, tuple[date, int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A footage request: when it opens and closes (s), and about which hours."""

    asking: Asking
    opens: float
    closes: float

    @classmethod
    def about(cls, start: datetime, opens: float, closes: float, hours: tuple[float, float]) -> "Case":
        """Return a request that opens at `opens` about `hours`, in seconds too."""
        window = Window(start=start + timedelta(seconds=hours[0]), end=start + timedelta(seconds=hours[1]))
        request = footage_request(window=window)
        return cls(Asking(request=request, at=start + timedelta(seconds=opens)), opens, closes)


class Town:
    """The server, for homes of one cell. `calls` and `rows` are by address, a home's number."""

    def __init__(
        self, start: datetime, cases: Sequence[Case], hub: bytes, epochs: Callable[[int], bytes]
    ) -> None:
        """Open. `hub` is the key with which hubs sign cards, `epochs` a home's list of keys."""
        self.start, self.cases, self._hub, self._epochs = start, cases, hub, epochs
        self.calls: defaultdict[int, list[Call]] = defaultdict(list)
        self.rows: defaultdict[int, Rows] = defaultdict(Rows)
        self._record, self._entered = Record(), dict[int, Entered]()
        self._files = self._make_files()
        self._wishes = _tagged(jcs.dumps({"v": 1, "type": "cell-wishes", "cell": CELL, "wishes": []}))
        self._day_digests: defaultdict[date, list[bytes]] = defaultdict(list)
        self._day_trees: dict[date, tuple[list[bytes], list[list[bytes]], bytes, str]] = {}
        self._tokens: dict[str, tuple[int, datetime]] = {}
        self._parts: dict[tuple[int, str], int] = {}

    def _make_files(self) -> list[tuple[float, httpx.Response, str, dict[str, bytes]]]:
        """Return the cell's file and the log's tiles from each moment at which a request opens or closes."""
        moments = sorted({0.0} | {one.opens for one in self.cases} | {one.closes for one in self.cases})
        made = []
        for moment in moments:
            opened = [n for n, one in enumerate(self.cases) if one.opens <= moment < one.closes]
            for number in opened:
                if number not in self._entered:
                    self._entered[number] = enter(self.cases[number].asking, self._record)
            raw = file_of([self._entered[number] for number in opened], self._record)
            made.append((moment, *_tagged(raw), self._record.files))
        return made

    def answer(
        self, home: int, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response:
        """Answer a call, and note what can be seen of it."""
        bare = path.partition("?")[0]
        token = headers.get("Authorization", "").removeprefix("Bearer ")
        given = self._route(home, method, bare, headers, body, token)
        kind = f"{method} {_kind(bare)}"
        now = (clock.now() - self.start).total_seconds()
        call = Call(
            now,
            kind,
            bool(token),
            "If-None-Match" in headers,
            given.status_code,
            len(body),
            len(given.content),
        )
        self.calls[home].append(call)
        return given

    def dump(self, home: int) -> Rows:
        """Return what is left of a home: what expired is gone."""
        rows, now = self.rows[home], clock.now()
        last = rules.last_expired(now.date(), rules.KEEP_DAYS)
        clips = {clip: row for clip, row in rows.clips.items() if row[0] > last}
        return Rows([end for end in rows.sessions if end > now], rows.status_bytes, clips)

    def _route(  # noqa: PLR0911, PLR0912, PLR0913, PLR0917, C901 - one branch a route, as a server has them
        self, home: int, method: str, path: str, headers: dict[str, str], body: bytes, token: str
    ) -> httpx.Response:
        now = clock.now()
        public = path.startswith(("/log/", "/v1/drops/")) or path.endswith(("/requests", "/wishes"))
        if method == "POST" and path == "/v1/sessions/challenge":
            return _json({"challenge": "challenge"})
        if method == "POST" and path == "/v1/sessions":
            end = end_of_session("hub", now)
            self.rows[home].sessions.append(end)
            name = secrets.token_urlsafe(32)
            self._tokens[name] = (home, end)
            return _json({"token": name, "account": "a", "kind": "hub"})
        if not public and path.startswith("/v1/") and not _is_open(method, path):
            known = self._tokens.get(token)
            if known is None or known[1] <= now:
                return _no(401, "accounts.no_session")
        match [method, *path.strip("/").split("/")]:
            case ["GET", "v1", "cells", _, "requests"]:
                _, shown, tag, _ = self._shown()
                return _UNCHANGED if headers.get("If-None-Match") == tag else shown
            case ["GET", "v1", "cells", _, "wishes"]:
                return _UNCHANGED if headers.get("If-None-Match") == self._wishes[1] else self._wishes[0]
            case ["GET", "v1", "cells", _, "key"]:
                return _json({"identity": CELL_KEY.secret})
            case ["GET", "log", "vkey"]:
                return httpx.Response(200, content=f"{LOG.verifier.vkey}\n".encode())
            case ["GET", "log", *_]:
                found = self._shown()[3].get(path.removeprefix("/log/"))
                return _no(404, "log.no_entry") if found is None else httpx.Response(200, content=found)
            case ["GET", "v1", "households", "mine", "epochs"]:
                return httpx.Response(200, content=self._epochs(home))
            case ["PUT", "v1", "hub", "status"]:
                self.rows[home].status_bytes = len(body)
                return _DONE
            case ["PUT", "v1", "days", day]:
                return self._take_day(date.fromisoformat(day), json.loads(body)["digest"], now.date())
            case ["GET", "v1", "days", day, digest]:
                return self._day(date.fromisoformat(day), bytes.fromhex(digest), now.date())
            case ["PUT", "v1", "clips", clip]:
                return self._announce(home, clip, json.loads(body), now.date())
            case ["PUT", "v1", "clips", clip, "pay"]:
                key = (home, clip)
                self._parts[key] = self._parts.get(key, 0) + len(body)
                whole = self._parts[key] == self.rows[home].clips[clip][1]
                return _json({"received": self._parts[key], "kept": whole})
            case ["PUT" | "POST", "v1", "drops", *_]:
                return _json({"received": len(body)})
            case _:
                return _no(404, "server.no_route")

    def _shown(self) -> tuple[float, httpx.Response, str, dict[str, bytes]]:
        now = (clock.now() - self.start).total_seconds()
        return next(one for one in reversed(self._files) if one[0] <= now)

    def _announce(self, home: int, clip: str, wire: dict[str, str], today: date) -> httpx.Response:
        outside = rules.Outside(
            card=wire["card"].encode(),
            sig=b64.decode(wire["sig"]),
            manifest=b64.decode(wire["manifest"]),
            hdr=b64.decode(wire["hdr"]),
        )
        card = rules.check_clip(clip, outside, self._hub, today)
        self.rows[home].clips[clip] = (card.day, card.length, len(outside.manifest), len(outside.hdr))
        return _json({"received": 0, "kept": False})

    def _take_day(self, day: date, digest: str, today: date) -> httpx.Response:
        if day != today - timedelta(days=1):
            return _no(409, "days.not_open")
        self._day_digests[day].append(bytes.fromhex(digest))
        return _DONE

    def _day(self, day: date, digest: bytes, today: date) -> httpx.Response:
        if day >= today - timedelta(days=1):
            return _no(404, "days.no_digest")
        if day not in self._day_trees:
            self._day_trees[day] = _close_day(day, self._day_digests[day])
        leaves, paths, leaf, receipt = self._day_trees[day]
        if digest not in leaves:
            return _no(404, "days.no_digest")
        index = leaves.index(digest)
        place = journal_day.Place(index, len(leaves), tuple(paths[index]))
        return _json({"town": place.as_json(), "leaf": leaf.decode(), "receipt": receipt})


class Line:
    """A home's way to the town, in the place of the HTTP client of `Uplink`."""

    def __init__(self, town: Town, home: int) -> None:
        self._town, self._home = town, home

    async def request(  # noqa: PLR0913 - as httpx has it
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        json: object = None,
        content: bytes = b"",
        params: dict[str, Any] | None = None,
    ) -> httpx.Response:
        del params  # where a part begins, or from which page on; its length is not told apart
        body = content if json is None else _dumps(json)
        return self._town.answer(self._home, method, path, headers, body)


def _close_day(day: date, digests: Sequence[bytes]) -> tuple[list[bytes], list[list[bytes]], bytes, str]:
    """Return what `server.days` enters and answers: leaves, their paths, the entry, its receipt."""
    leaves = journal_day.filled(digests)
    pub = {"day": day.isoformat(), "size": len(leaves), "root": journal_day.town_root(leaves).hex()}
    leaf, _ = make_leaf(journal_day.LEAF, pub, {})
    tree = TileTree()
    tree.append([leaf])
    paths = [journal_day.path_to(leaves, index) for index in range(len(leaves))]
    return leaves, paths, leaf, Receipt(0, (), sign_checkpoint(tree.head, LOG)).format()


def _tagged(raw: bytes) -> tuple[httpx.Response, str]:
    tag = f'"{hashlib.sha256(raw).hexdigest()[:32]}"'
    return httpx.Response(200, content=raw, headers={"ETag": tag}), tag


def _kind(path: str) -> str:
    if path not in _FIXED:
        for form, name in _NAMES:
            path = form.sub(name, path)
    return path


def _is_open(method: str, path: str) -> bool:
    return method == "GET" and path.startswith(("/v1/days/", "/v1/requests/", "/v1/packs/"))


def _dumps(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _json(value: object) -> httpx.Response:
    return httpx.Response(200, content=_dumps(value))


def _no(status: int, code: str) -> httpx.Response:
    said = _dumps({"code": code, "what": "No.", "kept": "All.", "do": "Go."})
    return httpx.Response(status, content=said, request=httpx.Request("GET", "http://town"))


_UNCHANGED, _DONE = httpx.Response(304), httpx.Response(204)
