"""R13: posts are read without an account, also by readers of feeds."""

import asyncio
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from tests.server.neighbors.authoring import later, neighbors
from tests.server.running import Still, running

from fanlight.server.neighbors.feeds import Channel, atom, entries, json_feed

ATOM = "{http://www.w3.org/2005/Atom}"
CHANNEL = Channel(
    town="Town", origin="https://t.example", address="https://t.example/f", now="2026-11-23T10:00:00Z"
)


def post(**change: Any) -> dict[str, Any]:
    return {
        "post": "a" * 26,
        "category": "animal",
        "title": "Cat",
        "done": "A cat is lost.",
        "looks": "",
        "day": "2026-11-23",
        "part": "",
        "published": "2026-11-23T10:00:00Z",
        "state": "open",
        "verified": False,
        "correction": None,
        "by": None,
    } | change


@given(st.text(), st.text())
def test_any_text_makes_a_feed_that_can_be_read(title: str, done: str) -> None:
    """R13: signs of any script, and such as XML has no place for."""
    one = post(title=title, done=done.replace("\r", ""))
    read = ET.fromstring(atom(CHANNEL, entries(CHANNEL, [one])))  # noqa: S314 - our own
    content = read.find(f"{ATOM}entry/{ATOM}content")
    assert content is not None
    assert "Unverified." in (content.text or "")
    assert json.loads(json_feed(CHANNEL, entries(CHANNEL, [one])))["items"][0]["title"] == title


def test_a_correction_comes_first_and_makes_an_entry_new() -> None:
    """R14: readers of feeds show what was corrected again."""
    corrected = post(correction={"text": "It is back.", "day": "2026-11-25"}, state="resolved")
    before, after = (ET.fromstring(atom(CHANNEL, entries(CHANNEL, [one]))) for one in (post(), corrected))  # noqa: S314
    assert before.findtext(f"{ATOM}entry/{ATOM}id") == after.findtext(f"{ATOM}entry/{ATOM}id")
    assert before.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-11-23T10:00:00Z"
    assert after.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-11-25T00:00:00Z"
    assert (after.findtext(f"{ATOM}entry/{ATOM}content") or "").startswith(
        "Correction of 2026-11-25: It is back."
    )


def test_the_feeds_are_served_to_everybody(database: str, tmp_path: Path) -> None:
    """R13: Atom and JSON Feed, with a tag; of a category, too."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            one = await maya.post()
            await later(town)
            answer = await town.http.get("/neighbors/posts.atom")
            assert answer.headers["content-type"].startswith("application/atom+xml")
            assert one.id in answer.text
            tag = {"If-None-Match": answer.headers["etag"]}
            assert (await town.http.get("/neighbors/posts.atom", headers=tag)).status_code == 304
            empty = await town.http.get("/neighbors/posts.json", params={"category": "animal"})
            assert empty.headers["content-type"].startswith("application/feed+json")
            assert empty.json()["items"] == []

    asyncio.run(body())
