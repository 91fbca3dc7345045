"""Routes without an account: posts, rules, corrections, numbers; and a bystander's wish for removal."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from fanlight.model import clock
from fanlight.server import programme
from fanlight.server.neighbors import feeds, forms, reading, reporting, rules, weeks, years
from fanlight.server.neighbors.feeds import Channel
from fanlight.server.public_files import PUBLIC, Files, PublicFile, file_of
from fanlight.server.services import Parts, Services
from fanlight.store.database import Tx

AnyRequest = Request[Any, Any, Any]
_REMOVALS = 30


def _same_for_all(request: AnyRequest, value: dict[str, Any]) -> Response[bytes]:
    """Return an answer that is the same for everybody, or say that it is as it was."""
    return _tagged(request, msgspec.json.encode(value, order="sorted"), "application/json")


def _tagged(request: AnyRequest, body: bytes, kind: str) -> Response[bytes]:
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', **PUBLIC}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=kind)
    return Response(body, headers=headers, media_type=kind)


@get("/v1/post-rules", operation_id="listPostRules")
async def list_rules(request: AnyRequest) -> Response[bytes]:
    """Return the moderators' rules, and what a post may be about."""
    listed = rules.listed()
    return _same_for_all(
        request,
        {
            "version": listed["version"],
            "rules": [
                {"id": one["id"], "name": one["name"], "words": one["words"], "why": one["why"]}
                for one in listed["rules"]
            ],
            "categories": list(rules.CATEGORIES),
            "parts": list(rules.PARTS),
            "delay_min": list(rules.DELAY_MIN),
            "quiet_days": rules.QUIET.days,
            "history": listed["history"],
        },
    )


@get("/v1/posts", operation_id="listPosts")
async def list_posts(
    request: AnyRequest,
    services: Parts,
    area: FromQuery[str] = "",
    category: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[bytes]:
    """Return a page of posts, latest first: of the town, or of an area of some 36 km² and more."""
    async with services.db.transaction() as tx:
        return _same_for_all(request, await reading.page(tx, services.clock(), area, category, before))


@get("/v1/posts/corrections", operation_id="listPostCorrections")
async def list_corrections(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return what readers of the last 90 days' posts have to know: one file for everybody."""
    return (await whole(services, "corrections", reading.corrections)).answer(request)


@get("/v1/posts/map", operation_id="mapPosts")
async def map_posts(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return how many posts there are by cell, category and day: one file for everybody."""
    return (await whole(services, "cells", reading.town_map)).answer(request)


@get("/v1/posts/weeks", operation_id="listPostWeeks")
async def list_weeks(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return the weekly digest: the last whole weeks, one file for everybody."""
    return (await _weeks(services))["json"].answer(request)


async def _weeks(services: Services) -> Files:
    now = services.clock()
    async with services.db.transaction() as tx:
        mark = await weeks.mark(tx, now)

    async def make() -> Files:
        async with services.db.transaction() as tx:
            town = (await programme.town(tx))["name"]
            found = await weeks.of_town(tx, now)
        channel = _channel(services, town, "weeks.atom")
        return {
            "json": file_of(msgspec.json.encode({"weeks": found}, order="sorted")),
            "atom": file_of(feeds.atom(channel, weeks.entries(channel, found)), "application/atom+xml"),
        }

    return await services.files.get("posts weeks", mark, make)


@get("/v1/posts/years", operation_id="countPostsByMonth")
async def list_years(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return how many posts of each category there were a month, by area, for two years; and the homes."""
    now = services.clock()

    async def make() -> Files:
        async with services.db.transaction() as tx:
            found = await years.of_town(tx, now)
        return {"years": file_of(msgspec.json.encode(found, order="sorted"))}

    mark = years.mark(now.date())
    return (await services.files.get("posts years", mark, make))["years"].answer(request)


async def whole(
    services: Services, name: str, read: Callable[[Tx, datetime], Awaitable[list[dict[str, Any]]]]
) -> PublicFile:
    """Return a file of all the town's, from memory while nothing of it has changed."""
    now = services.clock()
    async with services.db.transaction() as tx:
        mark = await reading.mark(tx, now)

    async def make() -> Files:
        async with services.db.transaction() as tx:
            found = await read(tx, now)
        body = await asyncio.to_thread(lambda: file_of(msgspec.json.encode({name: found}, order="sorted")))
        return {name: body}

    return (await services.files.get(f"posts {name}", mark, make))[name]


@get("/v1/posts/numbers", operation_id="countPosts")
async def count_posts(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return what was posted, held, removed, appealed and overturned, by month."""
    async with services.db.transaction() as tx:
        return _same_for_all(request, await reading.numbers(tx, services.clock()))


async def _feed(services: Services, name: str, area: str, category: str) -> tuple[Channel, Any]:
    """Return what a feed is of, and its posts."""
    asked = "&".join(f"{key}={value}" for key, value in (("area", area), ("category", category)) if value)
    async with services.db.transaction() as tx:
        town = (await programme.town(tx))["name"]
        posts = (await reading.page(tx, services.clock(), area, category, ""))["posts"]
    return _channel(services, town, f"{name}{'?' + asked if asked else ''}"), posts


def _channel(services: Services, town: str, name: str) -> Channel:
    now = clock.to_text(rules.hour(services.clock()))
    return Channel(town=town, origin=services.origin, address=f"{services.origin}/neighbors/{name}", now=now)


@get("/neighbors/posts.atom", operation_id="feedPosts", include_in_schema=False)
async def atom(
    request: AnyRequest, services: Parts, area: FromQuery[str] = "", category: FromQuery[str] = ""
) -> Response[bytes]:
    """Return the latest posts as an Atom feed."""
    channel, posts = await _feed(services, "posts.atom", area, category)
    return _tagged(request, feeds.atom(channel, feeds.entries(channel, posts)), "application/atom+xml")


@get("/neighbors/posts.json", operation_id="feedPostsJson", include_in_schema=False)
async def json_feed(
    request: AnyRequest, services: Parts, area: FromQuery[str] = "", category: FromQuery[str] = ""
) -> Response[bytes]:
    """Return the latest posts as a JSON Feed."""
    channel, posts = await _feed(services, "posts.json", area, category)
    return _tagged(request, feeds.json_feed(channel, feeds.entries(channel, posts)), "application/feed+json")


@get("/neighbors/weeks.atom", operation_id="feedPostWeeks", include_in_schema=False)
async def weeks_atom(request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return the weekly digest as an Atom feed."""
    return (await _weeks(services))["atom"].answer(request)


@get("/v1/posts/{post:str}", operation_id="getPost")
async def get_post(post: FromPath[str], request: AnyRequest, services: Parts) -> Response[bytes]:
    """Return a post with its comments."""
    async with services.db.transaction() as tx:
        return _same_for_all(request, await reading.one(tx, services.clock(), post))


@post("/v1/posts/{post:str}/removal", operation_id="askPostRemoval", status_code=201)
async def ask_removal(
    post: FromPath[str], data: JSONBody[forms.RemovalIn], request: AnyRequest, services: Parts
) -> dict[str, str]:
    """Ask for a post's removal as somebody who is in it, without an account; return a number to ask with."""
    services.spend(request, "removals", _REMOVALS)
    async with services.db.transaction() as tx:
        return {"report": await reporting.by_bystander(tx, post, data.text, services.clock())}


@get("/v1/reports/{report:str}", operation_id="getPostReport")
async def get_report(report: FromPath[str], services: Parts) -> dict[str, str | None]:
    """Return what became of a report."""
    async with services.db.transaction() as tx:
        return await reporting.told(tx, report)


ROUTES = [
    list_rules,
    list_posts,
    list_corrections,
    map_posts,
    count_posts,
    list_weeks,
    list_years,
    atom,
    json_feed,
    weeks_atom,
    get_post,
    ask_removal,
    get_report,
]
