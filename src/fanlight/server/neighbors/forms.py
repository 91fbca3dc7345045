"""What comes in: posts, comments, reports, decisions. A field too many is refused."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fanlight.server.neighbors.rules import Category, Part

Id = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}\Z")]
Key = Annotated[str, Meta(min_length=44, max_length=44)]
Rule = Annotated[str, Meta(min_length=1, max_length=20)]
Reason = Annotated[str, Meta(min_length=10, max_length=500)]
Words = Annotated[str, Meta(min_length=1, max_length=1_000)]


class In(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A form."""


class TextIn(In, frozen=True):
    """What a post says. `cell`: H3; `day`, `part`: when it happened."""

    category: Category
    title: Annotated[str, Meta(min_length=1, max_length=80)]
    done: Annotated[str, Meta(min_length=1, max_length=2_000)]
    looks: Annotated[str, Meta(max_length=500)]
    cell: Annotated[str, Meta(max_length=20)]
    day: date
    part: Part

    @property
    def text(self) -> str:
        """All of its words, as they are read for what they say."""
        return "\n".join(one for one in (self.title, self.done, self.looks) if one)


class PostIn(TextIn, frozen=True):
    """A post. `post`: its id, made by the device; `key`: SHA-256 of the writer's secret, base64."""

    post: Id
    key: Key
    media: Annotated[list[Annotated[str, Meta(max_length=2_000)]], Meta(max_length=4)]
    anyway: bool


class MediaIn(In, frozen=True):
    """What will be handed to postmedia."""

    kind: Literal["photo", "clip"]


class CommentIn(In, frozen=True):
    """A comment. `key`: SHA-256 of a secret that one writer has below this post; `anyway`: as of a post."""

    comment: Id
    key: Key
    text: Words
    anyway: bool = False


class ReportIn(In, frozen=True):
    """Which rule something breaks, and what the reader says to it."""

    rule: Rule
    text: Annotated[str, Meta(max_length=1_000)] = ""


class RemovalIn(In, frozen=True):
    """Why somebody who is in a post asks for its removal."""

    text: Words


class SecretIn(In, frozen=True):
    """The writer's secret, base64."""

    secret: Key


class SaidIn(SecretIn, frozen=True):
    """What the writer corrects, or says in an appeal."""

    text: Words


class ResolveIn(SecretIn, frozen=True):
    """How it came out, if the writer says."""

    text: Annotated[str, Meta(max_length=1_000)] = ""


class MineIn(In, frozen=True):
    """Secrets whose posts and comments are asked for."""

    secrets: Annotated[list[Key], Meta(max_length=64)]


class DecideIn(In, frozen=True):
    """A moderator's decision. `into`: the post that this one is joined into."""

    act: Literal["show", "remove", "confirm", "join"]
    rule: Annotated[str, Meta(max_length=20)] = ""
    reason: Annotated[str, Meta(max_length=500)] = ""
    into: Annotated[str, Meta(max_length=26)] = ""


class AppealIn(In, frozen=True):
    """A second moderator's decision."""

    act: Literal["uphold", "overturn"]
    rule: Rule
    reason: Reason


class BecauseIn(In, frozen=True):
    """Why an author is looked at."""

    rule: Rule
    reason: Reason


class HandedOverIn(In, frozen=True):
    """To whom something was handed because the law says so, under which number, on which day."""

    to: Annotated[str, Meta(min_length=3, max_length=200)]
    number: Annotated[str, Meta(min_length=1, max_length=100)]
    day: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d\Z")]


class BarIn(BecauseIn, frozen=True):
    """An account that posts nothing for so many days."""

    account: Id
    days: Annotated[int, Meta(ge=1, le=365)]


class EndBarIn(In, frozen=True):
    """Why a bar ends early."""

    reason: Reason
