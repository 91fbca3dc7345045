"""What the town says about pictures of posts, without ever having one."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.postmedia import drawn
from tests.postmedia import make_vectors as made
from tests.postmedia.place import running as running_place
from tests.server.running import Still, running

from fanlight.model.ids import new_id
from fanlight.server.errors import Malformed
from fanlight.server.media import receipts, tickets
from fanlight.server.media.shelf import MediaAway, MediaGone, Shelf
from fanlight.server.media_place import BadMediaPlace, NoMediaPlace, read_place, ticket_public
from fanlight.wire import b64
from fanlight.wire.media import HEADER

RECEIPTS = b64.encode(b64.decode(made.vectors()["key"]))


def test_a_town_without_a_place_for_pictures_says_so(database: str, tmp_path: Path) -> None:
    async def body() -> None:
        async with running(tmp_path, database) as town:
            assert (await town.json("/v1/media-place"))["place"] is None
            page = await town.http.get("/neighbors")
            assert "connect-src 'self';" in page.headers["content-security-policy"]
            with pytest.raises(NoMediaPlace):
                tickets.issue(town.services, "put", new_id(), "photo", town.clock())
            with pytest.raises(NoMediaPlace):
                receipts.read(town.services, "")
            async with Shelf(town.services) as shelf:
                with pytest.raises(NoMediaPlace):
                    await shelf.show(new_id(), "photo")

    asyncio.run(body())


def test_a_picture_goes_from_a_browser_to_its_place_and_never_to_the_town(
    database: str, tmp_path: Path
) -> None:
    """R13 R14: the town issues tickets, reads the receipt, has it shown, hidden and dropped."""
    photo = drawn.written(drawn.drawn(), "JPEG", exif=drawn.told_all())

    async def body() -> None:
        key = b64.decode(ticket_public(tmp_path))
        with running_place(tmp_path / "postmedia", key) as pictures:
            place = read_place(tmp_path, pictures.url, b64.encode(pictures.key))
            async with (
                running(tmp_path, database, ticking=Still(), media=place) as town,
                Shelf(town.services) as shelf,
                httpx.AsyncClient(base_url=pictures.url, trust_env=False) as browser,
            ):
                said = await town.json("/v1/media-place")
                assert said["place"] == pictures.url
                assert (said["photo_bytes"], said["clip_bytes"]) == (12 << 20, 48 << 20)
                policy = (await town.http.get("/neighbors")).headers["content-security-policy"]
                for part in ("connect-src 'self'", "img-src 'self' blob: data:", "media-src 'self' blob:"):
                    assert f"{part} {pictures.url};" in policy
                assert "script-src 'self' 'wasm-unsafe-eval';" in policy
                media, until = new_id(), town.clock() + timedelta(minutes=5)
                address = f"/v1/media/{media}"
                put = {HEADER: tickets.issue(town.services, "put", media, "photo", until)}
                answer = await browser.put(address, content=photo, headers=put)
                receipt = receipts.read(town.services, answer.json()["receipt"])
                assert (receipt.media, receipt.kind, receipt.width) == (media, "photo", 320)
                with pytest.raises(Malformed):
                    receipts.read(town.services, put[HEADER])
                see = {HEADER: tickets.issue(town.services, "see", media, "photo", until)}
                assert (await browser.get(address, headers=see)).status_code == 200
                assert (await browser.get(address)).status_code == 404
                await shelf.show(media, "photo")
                assert (await browser.get(address)).status_code == 200
                await shelf.hide(media, "photo")
                assert (await browser.get(address)).status_code == 404
                await shelf.drop(media, "photo")
                await shelf.drop(media, "photo")
                with pytest.raises(MediaGone):
                    await shelf.show(media, "photo")
                pictures.process.terminate()
                pictures.process.wait(20)
                with pytest.raises(MediaAway):
                    await shelf.drop(media, "photo")

    asyncio.run(body())


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://127.0.0.1:1/", RECEIPTS),
        ("http://a; script-src *", RECEIPTS),
        ("ftp://127.0.0.1", RECEIPTS),
        ("http://127.0.0.1:1", ""),
        ("http://127.0.0.1:1", b64.encode(b"short")),
    ],
)
def test_a_place_with_anything_more_or_less_to_it_is_refused(tmp_path: Path, url: str, key: str) -> None:
    with pytest.raises(BadMediaPlace):
        read_place(tmp_path, url, key)


def test_a_key_that_cannot_be_read_is_not_made_anew(tmp_path: Path) -> None:
    """A new key would leave shown pictures that the town cannot drop."""
    first = ticket_public(tmp_path)
    assert ticket_public(tmp_path) == first
    (tmp_path / "server/media-ticket.key").write_text("no key\n")
    with pytest.raises(BadMediaPlace):
        ticket_public(tmp_path)
