"""Who may put, see, show, hide and drop a picture, and what each is told."""

import contextlib
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.postmedia import drawn
from tests.postmedia.place import ORIGIN, Place, running, ticket

from fanlight.model import clock
from fanlight.model.ids import new_id
from fanlight.postmedia.http import ROOMS
from fanlight.wire.media import HEADER, Act

PHOTO = drawn.written(drawn.drawn(), "JPEG")


def test_a_picture_is_held_then_shown_then_hidden_then_gone(place: Place) -> None:
    """R13 R14: nobody sees it before the town says so, and nobody after."""
    receipt, out = place.made(PHOTO)
    address = f"/v1/media/{receipt.media}"
    held = place.http.get(address)
    never = place.http.get(f"/v1/media/{new_id()}")
    assert (held.status_code, held.content) == (never.status_code, never.content) == (404, never.content)
    seen = place.http.get(address, headers=ticket("see", receipt.media))
    assert (seen.status_code, seen.headers["cache-control"]) == (200, "private, no-store")
    assert place.tell("show", receipt.media) == place.tell("show", receipt.media) == 204
    shown = place.http.get(address)
    assert shown.content == out
    assert shown.headers["cache-control"] == "public, max-age=300"
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["content-security-policy"] == "default-src 'none'"
    assert shown.headers["content-disposition"] == "inline"
    assert "last-modified" not in shown.headers
    tag = shown.headers["etag"]
    assert place.http.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert place.tell("hide", receipt.media) == place.tell("hide", receipt.media) == 204
    assert place.http.get(address).status_code == 404
    assert place.see(receipt.media) == out
    assert place.tell("show", receipt.media) == 204
    assert place.http.get(address).content == out
    assert place.tell("drop", receipt.media) == place.tell("drop", receipt.media) == 204
    for headers in ({}, ticket("see", receipt.media)):
        assert place.http.get(address, headers=headers).status_code == 404
    assert place.tell("show", receipt.media) == place.tell("hide", receipt.media) == 404
    assert place.send(PHOTO, media=receipt.media).json()["code"] == "postmedia.taken"
    left = [path for path in place.home.rglob("*") if receipt.media in path.name and path.stat().st_size]
    assert left == []


def test_an_id_of_which_nothing_came_can_be_dropped_and_is_never_taken(place: Place) -> None:
    """R14: what was removed before it arrived does not arrive."""
    media = new_id()
    assert place.tell("show", media) == 404
    assert place.tell("drop", media) == 204
    assert place.send(PHOTO, media=media).status_code == 409


def test_a_ticket_puts_once_and_a_refused_file_spends_nothing(place: Place) -> None:
    media = new_id()
    assert place.send(b"no picture", media=media).status_code == 400
    assert place.send(PHOTO, media=media).status_code == 201
    again = place.send(PHOTO, media=media)
    assert (again.status_code, again.json()["code"]) == (409, "postmedia.taken")


@pytest.mark.parametrize("act", ["put", "see", "show", "hide", "drop"])
def test_no_other_ticket_does(place: Place, act: Act) -> None:
    """R13: a ticket of another act, of another thing, ended, bent, or none."""
    media = place.made(PHOTO)[0].media
    acts: list[Act] = ["put", "see", "show", "hide", "drop"]
    ended = ticket(act, media, until=clock.now() - timedelta(seconds=1))
    good = ticket(act, media)[HEADER]
    wrong = [ticket(other, media) for other in acts if other != act]
    wrong += [
        ticket(act, new_id()),
        ended,
        {},
        {HEADER: ""},
        {HEADER: good[:-2]},
        {HEADER: good + "x" * 9_000},
    ]
    for headers in wrong:
        address = f"/v1/media/{media}"
        if act == "put":
            assert place.http.put(address, content=PHOTO, headers=headers).status_code == 401
        elif act == "see":
            assert place.http.get(address, headers=headers).status_code == 404
        else:
            assert place.http.post(f"{address}/{act}", headers=headers).status_code == 401
    assert place.see(media)


def test_a_clip_is_given_in_ranges(place: Place, tmp_path: Path) -> None:
    receipt, out = place.made(drawn.clip(tmp_path, seconds=0.5), "clip")
    place.tell("show", receipt.media)
    address = f"/v1/media/{receipt.media}"
    whole = place.http.get(address)
    assert (whole.headers["content-type"], whole.headers["accept-ranges"]) == ("video/mp4", "bytes")
    tag = whole.headers["etag"]
    size = len(out)
    for said, first, last in [
        ("bytes=0-0", 0, 0),
        ("bytes=10-99", 10, 99),
        (f"bytes={size - 5}-", size - 5, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=5-{size * 2}", 5, size - 1),
    ]:
        part = place.http.get(address, headers={"Range": said, "If-Range": tag})
        assert part.status_code == 206
        assert part.content == out[first : last + 1]
        assert part.headers["content-range"] == f"bytes {first}-{last}/{size}"
    assert place.http.get(address, headers={"Range": f"bytes={size}-"}).status_code == 416
    for said in ("bytes=0-1,3-4", "bytes=", "pages=1-2", "bytes=x-"):
        assert place.http.get(address, headers={"Range": said}).content == out
    other = place.http.get(address, headers={"Range": "bytes=0-0", "If-Range": '"other"'})
    assert (other.status_code, other.content) == (200, out)
    poster = place.http.get(f"{address}/poster")
    assert (poster.status_code, poster.headers["content-type"]) == (200, "image/jpeg")
    assert poster.headers["etag"] != tag


def test_a_photo_has_no_poster_and_other_addresses_have_nothing(place: Place) -> None:
    media = place.made(PHOTO)[0].media
    assert place.http.get(f"/v1/media/{media}/poster", headers=ticket("see", media)).status_code == 404
    for path in (
        "/",
        "/v1/media",
        "/v1/media/..%2Freceipt.key",
        "/v1/media/%00",
        f"/v1/media/{media}/about.json",
    ):
        answer = place.http.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "postmedia.not_here")
    assert place.http.delete(f"/v1/media/{media}").status_code == 405
    assert place.http.get("/healthz").json() == {"state": "ready"}


def test_only_pages_of_the_town_may_call(place: Place) -> None:
    """R13: no other site can have a visitor's browser speak with the place."""
    media = place.made(PHOTO)[0].media
    place.tell("show", media)
    asks = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "fanlight-ticket,content-type",
    }
    mine = place.http.options(f"/v1/media/{media}", headers={"Origin": ORIGIN, **asks})
    assert mine.is_success
    assert mine.headers["access-control-allow-origin"] == ORIGIN
    assert "PUT" in mine.headers["access-control-allow-methods"]
    assert "fanlight-ticket" in mine.headers["access-control-allow-headers"].lower()
    got = place.http.get(f"/v1/media/{media}", headers={"Origin": ORIGIN})
    assert got.headers["access-control-allow-origin"] == ORIGIN
    refused = place.http.put(f"/v1/media/{media}", content=b"", headers={"Origin": ORIGIN})
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, ORIGIN)
    other = {"Origin": "https://elsewhere.example"}
    assert (
        "access-control-allow-origin"
        not in place.http.options(f"/v1/media/{media}", headers=other | asks).headers
    )
    assert "access-control-allow-origin" not in place.http.get(f"/v1/media/{media}", headers=other).headers


def test_what_is_too_large_is_refused_whether_it_says_so_or_not(place: Place) -> None:
    media = new_id()
    headers = ticket("put", media)
    with socket.create_connection(("127.0.0.1", int(place.url.rpartition(":")[2]))) as raw:
        raw.sendall(head(media, headers, (12 << 20) + 1))
        assert raw.recv(100).startswith(b"HTTP/1.1 413")

    def stream() -> Iterator[bytes]:
        yield b"\xff\xd8\xff\xe0"
        for _ in range(12):
            yield bytes(1 << 20)

    answer = place.http.put(f"/v1/media/{media}", content=stream(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "postmedia.too_large")


def head(media: str, headers: dict[str, str], length: int) -> bytes:
    said = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"PUT /v1/media/{media} HTTP/1.1\r\nHost: p\r\nContent-Length: {length}\r\n{said}\r\n".encode()


def test_who_goes_away_half_way_leaves_nothing_and_may_come_again(place: Place) -> None:
    media = new_id()
    headers = ticket("put", media)
    with socket.create_connection(("127.0.0.1", int(place.url.rpartition(":")[2]))) as raw:
        raw.sendall(head(media, headers, len(PHOTO)) + PHOTO[:100])
        while not (place.home / "work" / media).exists():
            time.sleep(0.01)
    while (place.home / "work" / media).exists():
        time.sleep(0.01)
    assert place.http.put(f"/v1/media/{media}", content=PHOTO, headers=headers).status_code == 201


def test_when_all_rooms_are_taken_the_next_is_told_when_to_come_again(tmp_path: Path) -> None:
    """R13: sixteen files on their way at once, and not one more."""
    with running(tmp_path / "home") as place, contextlib.ExitStack() as lines:
        port = int(place.url.rpartition(":")[2])
        for _ in range(ROOMS):
            raw = lines.enter_context(socket.create_connection(("127.0.0.1", port)))
            media = new_id()
            raw.sendall(head(media, ticket("put", media), 1_000) + PHOTO[:10])
            while not (place.home / "work" / media).exists():
                time.sleep(0.01)
        answer = place.send(PHOTO)
        assert (answer.status_code, answer.json()["code"]) == (503, "postmedia.busy")
        assert int(answer.headers["retry-after"]) > 0
        lines.close()
        while list((place.home / "work").iterdir()):
            time.sleep(0.01)
        assert place.send(PHOTO).status_code == 201


def test_its_log_has_no_address_name_id_or_ticket(tmp_path: Path) -> None:
    with running(tmp_path / "home") as place:
        media = place.made(PHOTO)[0].media
        place.refused(b"no picture")
        place.tell("show", media)
        place.tell("drop", media)
        text = (place.home / "postmedia.log").read_text()
        assert [line.count("event") for line in text.splitlines()] == [1] * 4
        for word in ("127.0.0.1", media, "Ticket", ".jpg", "T1", ":3"):
            assert word not in text
