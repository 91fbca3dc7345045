"""The form of an ordinance pack's JSON: which fields it has, and of which kind.

In:     decoded JSON.
Out:    frozen Structs; anything else is a ValidationError.
Holds:  an unknown field refuses the pack. What was added later has a default, so that a pack that
        stands in an older record still reads.
Absent: Cedar (policy.cedar), and what must agree with what (policy.pack).
Why:    docs/spec/packs.md
"""

from typing import Annotated, Literal

import msgspec

UNREAD = "unread"
Fact = bool | int | str
Level = Literal["city", "county", "state"]

Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.-]{1,63}\Z")]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
_Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
_Read = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}(-[0-9]{2})?|unread)\Z")]


class Cite(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a clause comes from; `read` is the day or month somebody read it, or `unread`."""

    law: _Text
    section: _Text
    source: _Text
    read: _Read

    def as_json(self) -> dict[str, str]:
        """Return the citation as a JSON object."""
        return {"law": self.law, "section": self.section, "source": self.source, "read": self.read}


class Clause(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What one Cedar policy means in words. `{name}` in a text stands for that fact."""

    id: Id
    section: _Text
    actions: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1)]
    cites: Annotated[tuple[Cite, ...], msgspec.Meta(min_length=1)]
    holds: _Text
    refuses: _Text
    lawful_if: _Text

    @property
    def unread(self) -> bool:
        """Whether a text this clause cites has not been read."""
        return any(cite.read == UNREAD for cite in self.cites)


class Jurisdiction(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Where a pack holds.

    Attributes:
        name: in words.
        polygon: `agency` (the asking agency's boundary) or a layer's name, such as `us-state.17`.
        level: a finer one goes before a coarser one.
        adds: holds beside finer ones instead of giving way to them.
    """

    name: _Text
    polygon: Id
    level: Level = "city"
    adds: bool = False


class Terms(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Spans that follow a decision and are kept by the server's clock, not decided by Cedar."""

    second_signature_hours: Annotated[int, msgspec.Meta(ge=1, le=72)]
    open_days: Annotated[int, msgspec.Meta(ge=1, le=90)]
    opening_days: Annotated[int, msgspec.Meta(ge=1, le=180)]


class Meta(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Title, place and days of a pack; `decides` names the decisions it governs."""

    id: Id
    title: _Text
    version: Annotated[int, msgspec.Meta(ge=1)]
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}\Z")]
    jurisdiction: Jurisdiction
    effective_from: _Day
    effective_until: _Day | None
    note: _Text
    terms: Terms
    decides: tuple[Id, ...] | None = None


class Gap(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Something the law says that this pack cannot express, and where it says so."""

    section: _Text
    says: _Text

    def as_json(self) -> dict[str, str]:
        """Return the gap as a JSON object."""
        return {"section": self.section, "says": self.says}


class Vector(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One case with a known result: the action's base facts with `change` laid over them."""

    why: _Text
    action: Id
    change: dict[str, Fact]
    expect: Literal["accepted", "refused"]
    rules: tuple[Id, ...]


class Vectors(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A pack's own tests."""

    base: dict[str, dict[str, Fact]]
    cases: tuple[Vector, ...]

    def facts(self, case: Vector) -> dict[str, Fact]:
        """Return the whole facts of a case."""
        return {**self.base.get(case.action, {}), **case.change}


class PackIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """All of a pack."""

    v: Literal[1]
    type: Literal["pack"]
    meta: Meta
    policies: str
    schema: str
    clauses: Annotated[tuple[Clause, ...], msgspec.Meta(min_length=1, max_length=200)]
    vectors: Vectors
    cannot_express: Annotated[tuple[Gap, ...], msgspec.Meta(max_length=200)] = ()
