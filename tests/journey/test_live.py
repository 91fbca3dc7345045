"""Two members watch one camera by hand, in real Chromium: a real hub, relay, demo camera, household."""

import asyncio
import base64
import json
import secrets
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.journey.browsing import town_up, walk_by_hand

from fanlight.cli.member import Member
from fanlight.cli.people import load_people
from fanlight.model.ids import new_id
from fanlight.seal import book
from fanlight.seal.epoch import from_wire
from fanlight.seal.notes import Notes
from fanlight.seal.roll import Hub, Roll
from fanlight.seal.roll import Member as Listed
from fanlight.seal.sheet import new_sheet
from fanlight.wire import b64

SECOND = bytes(range(32))


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`fanlight up`, as `make run` starts it, with a second member; yields its address."""
    home = tmp_path_factory.mktemp("town") / "home"
    with town_up(home) as url:
        asyncio.run(let_in(url, home))
        yield url


async def let_in(url: str, home: Path) -> None:
    """Let a second person into the demo's household, as its owner's own device does."""
    owner, sam = Member(load_people(home / "demo")["resident"].seed, url), Member(SECOND, url)
    async with owner.uplink, sam.uplink:
        account, invite = await sam.sign_up(), new_id()
        await owner.uplink.call("POST", "/v1/invites", json={"invite": invite})
        answer = {
            "mac": b64.encode(secrets.token_bytes(32))
        }  # what the invite's secret proves is not looked at
        await sam.uplink.call("PUT", f"/v1/invites/{invite}/answer", json=answer)
        mine = await owner.household()
        after = from_wire(mine["epochs"][-1])
        known = after.statement.book
        me = next(one["account"] for one in mine["members"] if one["role"] == "owner")
        first = Listed(
            account=me,
            sign_pub=owner.keys.signing.public,
            age_recipient=owner.keys.age.recipient,
            role="owner",
        )
        joined = Listed(
            account=account,
            sign_pub=sam.keys.signing.public,
            age_recipient=sam.keys.age.recipient,
            role="member",
        )
        hubs = tuple(
            Hub(hub=one["hub"], sign_pub=b64.decode(one["sign_pub"]), age_recipient=one["age_recipient"])
            for one in mine["hubs"]
        )
        recovery = known.roll.recovery if known else new_sheet().public
        roll = Roll(members=(first, joined), hubs=hubs, recovery=recovery)
        notes = Notes(why="joined", names={me: "Maya Brooks", account: "Sam"})
        _, made = book.next_epoch(
            household=mine["household"],
            after=after,
            roll=roll,
            notes=notes,
            signer=owner.keys.signing,
            day=datetime.now(UTC).date(),
        )
        await owner.uplink.call("PUT", f"/v1/households/mine/epochs/{made.statement.n}", json=made.to_wire())


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("decoder", ["webcodecs", "mse"])
def test_two_members_watch_talk_and_fetch_and_each_is_told_of_the_other(
    town: str, tmp_path: Path, decoder: str
) -> None:
    """R01 R03 R52: web/e2e/live.spec.ts says each step. What was saved is a film of the camera's own size."""
    link = f"{town}/home#k={base64.urlsafe_b64encode(SECOND).decode().rstrip('=')}"
    walk_by_hand(
        tmp_path,
        *("--config", "playwright.live.config.ts"),
        FANLIGHT_URL=town,
        FANLIGHT_SECOND=link,
        FANLIGHT_NO_WEBCODECS="1" if decoder == "mse" else "0",
    )
    for project in ("desk", "phone"):
        show = ["ffprobe", "-v", "error", "-show_entries", "format=duration:stream=width", "-of", "json"]
        made = subprocess.run(
            [*show, str(tmp_path / f"footage-{project}.mp4")], check=True, capture_output=True
        )
        facts = json.loads(made.stdout)
        assert float(facts["format"]["duration"]) > 1
        assert facts["streams"][0]["width"] >= 320
