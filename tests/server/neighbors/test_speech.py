"""R37: texts that are handed out are public with every version; a post that reuses one says so."""

import asyncio
from pathlib import Path

from tests.server.acting import staff
from tests.server.neighbors.authoring import code, feed, later, neighbors
from tests.server.running import Still, running

from fanlight.model.ids import new_id

POINTS = "Our neighborhood program brings people together and has cut package theft in half since it began."


def test_a_post_that_reuses_a_registered_text_is_labelled(database: str, tmp_path: Path) -> None:
    """R37: with the text's title and how many words are from it; one's own words have no label."""

    async def body() -> None:
        async with running(tmp_path, database, ticking=Still()) as town:
            (maya,) = await neighbors(town)
            operator = staff(town.http, "operator")
            text = new_id()
            first = {
                "text": text,
                "version": 1,
                "kind": "talking-points",
                "title": "Points of the program",
                "author": "A camera company",
                "body": POINTS,
            }
            await operator.json("POST", "/v1/speech", json=first)
            assert code(await operator.call("POST", "/v1/speech", json=first)) == (409, "speech.overtaken")
            same = first | {"version": 2}
            assert code(await operator.call("POST", "/v1/speech", json=same)) == (409, "speech.unchanged")
            officer = staff(town.http, "officer")
            other = first | {"version": 2, "body": POINTS + " Ask us how to join it today."}
            await officer.json("POST", "/v1/speech", json=other)
            refused = await maya.actor.call("POST", "/v1/speech", json=first | {"text": new_id()})
            assert refused.status_code == 403
            said = {"title": "News", "category": "good-news"}
            one = await maya.post(**said, done=f"I hear this program {POINTS[17:]} Good.")
            own = await maya.post(**said, done="Fewer parcels are stolen here than last year.")
            await later(town)
            shown = {row["post"]: row["supplied"] for row in await feed(town)}
            ((label,),) = (shown[one.id],)
            assert (label["text"], label["title"]) == (text, "Points of the program")
            assert label["words"] >= 7
            assert shown[own.id] == []
            listed = (await town.json("/v1/speech"))["texts"]
            assert [(row["version"], row["side"]) for row in listed] == [(1, "operator"), (2, "agency")]
            await town.settled()
            entries = [leaf["pub"] for leaf in await town.leaves("speech-text")]
            assert [(entry["version"], entry["body"]) for entry in entries] == [
                (1, POINTS),
                (2, other["body"]),
            ]

    asyncio.run(body())
