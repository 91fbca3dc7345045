"""Posts for readers of feeds: Atom (RFC 4287) and JSON Feed 1.1. Pure.

In:     posts as everybody reads them, the town's name and address.
Out:    bytes.
Holds:  the latest posts of the town or an area, nothing that the pages do not show; one id for a post for
        ever; a correction changes `updated`, so that readers show it again.
Absent: pictures, which stay where they can be taken back: an entry leads to the page.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATOM = "http://www.w3.org/2005/Atom"
Post = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed is of: the town, its address, the feed's own address, and since when nothing was older."""

    town: str
    origin: str
    address: str
    now: str

    @property
    def title(self) -> str:
        """Its title."""
        return f"Neighbors in {self.town}"

    @property
    def page(self) -> str:
        """Where people read it."""
        return f"{self.origin}/neighbors"


def text_of(post: Post) -> str:
    """Return a post as plain text: what it says, how it stands, and its correction first."""
    correction = post["correction"]
    parts = [f"Correction of {correction['day']}: {correction['text']}"] if correction else []
    parts += [post["done"]]
    parts += [f"To be told apart by: {post['looks']}"] if post["looks"] else []
    where = f"{post['day']}{', ' + post['part'] if post['part'] else ''}"
    parts += [f"{where}. {'Confirmed' if post['verified'] else 'Unverified'}."]
    parts += ["Resolved."] if post["state"] == "resolved" else []
    return "\n\n".join(parts)


def _updated(post: Post) -> str:
    correction = post["correction"]
    later = f"{correction['day']}T00:00:00Z" if correction else ""
    return max(str(post["published"]), later)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What stands in a feed. `address` is its id and where people read it; `by` is empty for neighbors."""

    address: str
    title: str
    published: str
    updated: str
    term: str
    by: str
    text: str


def entries(channel: Channel, posts: Sequence[Post]) -> list[Entry]:
    """Return posts as entries."""
    return [
        Entry(
            address=f"{channel.page}#/post/{one['post']}",
            title=one["title"],
            published=one["published"],
            updated=_updated(one),
            term=one["category"],
            by=one["by"]["name"] if one["by"] else "",
            text=text_of(one),
        )
        for one in posts
    ]


def atom(channel: Channel, found: Sequence[Entry]) -> bytes:
    """Return an Atom feed."""
    ET.register_namespace("", _ATOM)
    feed = ET.Element(f"{{{_ATOM}}}feed")

    def add(above: ET.Element, name: str, text: str = "", **said: str) -> None:
        made = ET.SubElement(above, f"{{{_ATOM}}}{name}", said)
        made.text = plain(text) or None

    add(feed, "title", channel.title)
    add(feed, "id", channel.address)
    add(feed, "updated", max((one.updated for one in found), default=channel.now))
    add(feed, "link", rel="self", href=channel.address, type="application/atom+xml")
    add(feed, "link", rel="alternate", href=channel.page, type="text/html")
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    add(author, "name", channel.title)
    for one in found:
        entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
        add(entry, "title", one.title)
        add(entry, "id", one.address)
        add(entry, "link", rel="alternate", href=one.address, type="text/html")
        add(entry, "published", one.published)
        add(entry, "updated", one.updated)
        add(entry, "category", term=one.term)
        if one.by:
            by = ET.SubElement(entry, f"{{{_ATOM}}}author")
            add(by, "name", one.by)
        add(entry, "content", one.text, type="text")
    body: bytes = ET.tostring(feed, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + body + b"\n"


def json_feed(channel: Channel, found: Sequence[Entry]) -> bytes:
    """Return a JSON Feed."""
    items = [
        {
            "id": one.address,
            "url": one.address,
            "title": one.title,
            "content_text": one.text,
            "date_published": one.published,
            "date_modified": one.updated,
            "tags": [one.term],
            **({"authors": [{"name": one.by}]} if one.by else {}),
        }
        for one in found
    ]
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.address,
        "items": items,
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def plain(text: str) -> str:
    """Return a text without the characters that XML has no place for (XML 1.0, section 2.2)."""
    return _NO_XML.sub("", text)
