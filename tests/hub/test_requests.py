"""The cell file as a hub fetches it: cheap when unchanged, refused when the record behind it lies."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from tests.hub.answering import Answer, Answering, answering
from tests.hub.cells import CELL, CELL_KEY, LOG, NOW, Asking, Record, cell_file
from tests.hub.homes import HUB, make_pairing

from fanlight.hub.matching import CellFileRefused
from fanlight.hub.requests import Requests
from fanlight.hub.sealer import Kept
from fanlight.hub.uplink import Refused, ServerAway, Uplink
from fanlight.model.errors import FanlightError
from fanlight.policy import default_pack
from fanlight.proof.handover import handover_path, sign_handover
from fanlight.proof.note import ED25519, SignerKey

FILE = f"GET /v1/cells/{CELL}/requests"
KEY = f"GET /v1/cells/{CELL}/key"


@dataclass
class Town:
    """What a town's server shows: a cell file and the log behind it."""

    server: Answering
    record: Record = field(default_factory=Record)

    def show(self, *asked: Asking, record: Record | None = None) -> None:
        self.record = record or self.record
        raw = cell_file(*asked, record=self.record)
        self.server.answers[FILE] = Answer(body=raw, headers={"ETag": f'"{hash(raw)}"'})
        self.server.answers["GET /log/vkey"] = Answer(body=f"{LOG.verifier.vkey}\n".encode())
        self.server.answers[KEY] = Answer(body={"identity": CELL_KEY.secret})
        for path, data in self.record.files.items():
            self.server.answers[f"GET /log/{path}"] = Answer(body=data)


def visit(folder: Path, server: Answering, say: Callable[[Requests, Uplink], Awaitable[object]]) -> Requests:
    """Let a hub talk to a server; a new hub object each time, as after a restart."""

    async def run() -> Requests:
        requests = Requests(folder, make_pairing(server.url))
        async with Uplink(server.url, HUB.signing) as uplink:
            await say(requests, uplink)
        return requests

    return asyncio.run(run())


def refresh(folder: Path, server: Answering) -> Requests:
    return visit(folder, server, lambda requests, uplink: requests.refresh(uplink))


def test_open_requests_are_fetched_without_saying_who_asks(tmp_path: Path) -> None:
    """R24: the file and the record are public calls; only the cell's key needs a sign-in."""
    with answering() as server:
        asking = Asking()
        Town(server).show(asking)
        found = refresh(tmp_path, server)
        assert [one.request for one in found.asked] == [asking.id]
        signed_in = {one.path for one in server.asked if "Authorization" in one.headers}
        assert signed_in == {KEY.removeprefix("GET ")}


def test_a_match_is_found_here_and_nothing_of_it_is_sent(tmp_path: Path) -> None:
    """R24: a hub with a match and one without make the same calls."""
    with answering() as server:
        asking = Asking()
        Town(server).show(asking)
        found = refresh(tmp_path, server)
        before = len(server.asked)
        start = asking.request.window.start
        clip = Kept(clip="c", camera="c", label="person", start=start, end=start + timedelta(minutes=1))
        (match,) = found.matches([clip], NOW)
        assert (match.request, match.clips) == (asking.id, ("c",))
        assert found.matches([], NOW) == []
        assert len(server.asked) == before


def test_an_unchanged_file_is_not_fetched_again(tmp_path: Path) -> None:
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        shown = server.answers[FILE]
        assert isinstance(shown, Answer)
        etag = shown.headers["ETag"]

        async def twice(requests: Requests, uplink: Uplink) -> None:
            await requests.refresh(uplink)
            server.answers[FILE] = lambda asked: Answer(
                304 if asked.headers["If-None-Match"] == etag else 500
            )
            await requests.refresh(uplink)

        found = visit(tmp_path, server, twice)
        assert len(found.asked) == 1
        assert server.count("GET", "/log/vkey") == 1


def test_a_record_that_grows_is_believed_after_a_proof(tmp_path: Path) -> None:
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        refresh(tmp_path, server)
        town.record.entries += [b'{"later":%d}' % n for n in range(300)]
        town.show(Asking())
        assert len(refresh(tmp_path, server).asked) == 1
        town.show()
        assert refresh(tmp_path, server).asked == ()


def test_a_record_that_shrinks_is_refused_and_what_was_known_stays(tmp_path: Path) -> None:
    with answering() as server:
        town, asking = Town(server), Asking()
        town.show(asking)

        async def shrink(requests: Requests, uplink: Uplink) -> None:
            await requests.refresh(uplink)
            town.show(record=Record(entries=[b"{}"]))
            with pytest.raises(CellFileRefused, match="shorter"):
                await requests.refresh(uplink)

        assert [one.request for one in visit(tmp_path, server, shrink).asked] == [asking.id]


@pytest.mark.parametrize("longer_by", [0, 1, 300])
def test_a_record_that_forks_is_refused_also_after_a_restart(tmp_path: Path, longer_by: int) -> None:
    """R42: a log that says one thing here and another there is found out by whoever saw the first."""
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        refresh(tmp_path, server)
        other = Record(entries=[b'{"other":%d}' % n for n in range(5 + longer_by)])
        town.show(Asking(), record=other)
        with pytest.raises(CellFileRefused, match="other than"):
            refresh(tmp_path, server)
        assert town.record is other


def test_a_record_whose_tiles_are_withheld_is_not_believed(tmp_path: Path) -> None:
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        refresh(tmp_path, server)
        town.show(Asking())
        for path in town.record.files:
            del server.answers[f"GET /log/{path}"]
        with pytest.raises(CellFileRefused):
            refresh(tmp_path, server)


def test_the_logs_key_is_pinned_at_the_first_meeting(tmp_path: Path) -> None:
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        refresh(tmp_path, server)
        stranger = SignerKey("log.fanlight.example/other", ED25519, b"s" * 32)
        record = Record(log=stranger)
        server.answers[FILE] = Answer(body=cell_file(record=record, signer=stranger))
        server.answers["GET /log/vkey"] = Answer(body=stranger.verifier.vkey.encode())
        with pytest.raises(CellFileRefused, match="not signed"):
            refresh(tmp_path, server)
        assert server.count("GET", "/log/vkey") == 1


def test_a_refused_file_is_fetched_whole_again(tmp_path: Path) -> None:
    """Otherwise a file that was spoilt once would be believed unchanged for ever."""
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        good = server.answers[FILE]

        async def spoil(requests: Requests, uplink: Uplink) -> None:
            server.answers[FILE] = Answer(body=b"spoilt", headers={"ETag": '"e"'})
            with pytest.raises(CellFileRefused):
                await requests.refresh(uplink)
            server.answers[FILE] = good
            await requests.refresh(uplink)

        assert len(visit(tmp_path, server, spoil).asked) == 1
        assert all("If-None-Match" not in one.headers for one in server.asked)


@pytest.mark.parametrize("body", [b"<html>", {"identity": "AGE-SECRET-KEY-1"}, {"key": "x"}, {"identity": 7}])
def test_a_cell_key_that_is_none_is_asked_for_again(tmp_path: Path, body: object) -> None:
    with answering() as server:
        town = Town(server)
        town.show(Asking())
        good = server.answers[KEY]

        async def mend(requests: Requests, uplink: Uplink) -> None:
            server.answers[KEY] = Answer(body=body)
            with pytest.raises(FanlightError):
                await requests.refresh(uplink)
            server.answers[KEY] = good
            await requests.refresh(uplink)

        assert len(visit(tmp_path, server, mend).asked) == 1


def test_another_ordinance_than_the_one_named_is_refused(tmp_path: Path) -> None:
    digest = "0" * 64
    with answering() as server:
        Town(server).show()
        raw = cell_file(change_body=lambda body: body.update(pack={"sha256": digest}))
        server.answers[FILE] = Answer(body=raw)
        server.answers[f"GET /v1/packs/{digest}"] = Answer(body=default_pack().canonical)
        with pytest.raises(CellFileRefused, match="ordinance"):
            refresh(tmp_path, server)


def test_a_server_that_is_away_or_says_no_is_told_from_one_that_lies(tmp_path: Path) -> None:
    with answering() as server:
        with pytest.raises(Refused):
            refresh(tmp_path, server)
        server.answers[FILE] = Answer(200, b"<html>")
        server.answers["GET /log/vkey"] = Answer(500, b"")
        with pytest.raises(ServerAway):
            refresh(tmp_path, server)


def test_a_hub_follows_its_town_to_a_new_key_that_the_old_one_handed_over_to(tmp_path: Path) -> None:
    """R42: by a note that both signed; another key in the town's name is refused as ever, also afterwards."""
    new = SignerKey(LOG.name, ED25519, bytes(range(32)))
    stranger = SignerKey(LOG.name, ED25519, bytes(range(1, 33)))

    def show(server: Answering, key: SignerKey) -> None:
        record.log = key
        server.answers[FILE] = Answer(body=cell_file(Asking(), record=record, signer=key))
        for path, data in record.files.items():
            server.answers[f"GET /log/{path}"] = Answer(body=data)

    with answering() as server:
        town = Town(server)
        town.show()
        refresh(tmp_path, server)
        record = town.record
        for number in (1, 2):
            server.answers[f"GET /log/{handover_path(number)}"] = Answer(
                404, {"code": "log.no_entry", "what": "w", "kept": "k", "do": "d"}
            )
        show(server, new)
        with pytest.raises(CellFileRefused, match="not signed by this town"):
            refresh(tmp_path, server)
        note = sign_handover(LOG, new, int(NOW.timestamp()))
        server.answers[f"GET /log/{handover_path(1)}"] = Answer(body=note)
        assert len(refresh(tmp_path, server).asked) == 1
        assert (tmp_path / "log.vkey").read_text().strip() == new.verifier.vkey
        show(server, stranger)
        with pytest.raises(CellFileRefused, match="not signed by this town"):
            refresh(tmp_path, server)
