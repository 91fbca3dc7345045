"""A footage request, and the facts of it that an ordinance decides on.

In:     what an officer wrote, already parsed; what the server knows of agency, case and map.
Out:    FootageRequest; RequestFacts, the flat record that goes to Cedar and into the public leaf.
Holds:  every fact may be public at once: none tells more than the leaf's own public fields do. The hub,
        the browser and the oversight page decide again from these very facts.
Absent: the decision (fanlight.policy) and the leaf (fanlight.wire).
Why:    docs/design/rules.md
"""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from fanlight.model.errors import FanlightError
from fanlight.model.geo import Polygon
from fanlight.model.offence import PROTECTED, Offence, offence
from fanlight.model.window import Window

CASE_NUMBER = re.compile(r"^[A-Z0-9][A-Z0-9-]{3,31}$")
PURPOSE = re.compile(r"^[a-z][a-z_]{2,39}$")
MAX_WORDS = 1000  # characters


class BadRequest(FanlightError):
    """A footage request that has not the form of one."""

    code = "model.bad_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageRequest:
    """What an agency asks of all residents of an area.

    Attributes:
        case_number: the agency's own, capitals, digits and dashes; empty if none was given.
        offence: a NIBRS code, see `fanlight.model.offence`.
        purpose: one word of the ordinance's list, such as `identify_suspect`.
        words: what residents read, at most 1,000 characters.
        area: the outline asked about.
        window: the time asked about, in whole minutes.
        emergency: asked without waiting for the second signature, which must follow.
        sensitive: the officer marked it as a domestic matter or one with a child; it is then protected
            whatever its code.
    """

    case_number: str
    offence: str
    purpose: str
    words: str
    area: Polygon
    window: Window
    emergency: bool = False
    sensitive: bool = False

    def __post_init__(self) -> None:
        """Check the form of each part; raises BadRequest or UnknownOffence. Limits are the ordinance's."""
        offence(self.offence)
        if self.case_number and not CASE_NUMBER.match(self.case_number):
            raise _bad("The case number has another form.", "Use 4 to 32 capitals, digits and dashes.")
        if not PURPOSE.match(self.purpose):
            raise _bad("The purpose is not a word of the list.", "Choose a purpose from the list.")
        if not self.words.strip() or len(self.words) > MAX_WORDS:
            raise _bad(
                "The words to residents are missing or too long.", f"Write 1 to {MAX_WORDS} characters."
            )
        if not self.window.in_whole_minutes:
            raise _bad("The window does not start and end on a minute.", "Give times in whole minutes.")

    @property
    def offence_row(self) -> Offence:
        """The offence as the table has it."""
        return offence(self.offence)

    @property
    def protected(self) -> bool:
        """Whether the record shows it as `protected`, without cells, until it opens."""
        return self.sensitive or self.offence_row.protected

    @property
    def offence_class(self) -> str:
        """What the record shows of the offence at once: its category, or `protected`."""
        return PROTECTED if self.protected else self.offence_row.category


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is true of an asking agency and of a case besides the request itself.

    Attributes:
        agency_kind: municipal, county, state, tribal, university, federal, federal-immigration,
            task-force, fusion-centre, private or unverified.
        agreement_in_force: on this day, by the record.
        vote_recorded: the agreement names body, date, ayes, noes and reference of its vote.
        named_officer: a person signed, by an own key, who may still ask for the agency.
        inside_jurisdiction: the whole area lies inside the agency's boundary.
        number_in_case: 1 for the first request of a case; requests joined to it count.
        joined_area_m2: area that it covers together with the agency's requests that it adjoins.
        joined_window_min: time from the first start to the last end of these, see `fanlight.model.sweep`.
        assembly_overlap: area and window meet an assembly that the town knows of.
        words_plain: `fanlight.policy.wording` found no phrase that presses.
        words_no_records: nor one that passes on a criminal-justice record or tells of a victim.
        second_signature: another person of the agency has signed.
    """

    agency_kind: str
    agreement_in_force: bool
    vote_recorded: bool
    named_officer: bool
    inside_jurisdiction: bool
    number_in_case: int
    joined_area_m2: int
    joined_window_min: int
    assembly_overlap: bool
    words_plain: bool
    words_no_records: bool
    second_signature: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts(Standing):
    """The facts of one request, as decided on and as published. Build with `RequestFacts.of`.

    Attributes:
        purpose: as asked.
        offence_class: the offence's category, or `protected`.
        offence_listed: the offence is on the closed list.
        offence_floor: it is grave enough for this purpose.
        offence_grave: it is grave enough beside a known assembly.
        area_m2: area of the outline, rounded to a square metre.
        window_min: length of the window.
        hours_since_end: whole hours since the end of the *published* window (rounded out to 4 h), so
            that the figure tells nothing of the exact end; 0 while that end is still to come.
        ends_in_future: the exact window ends after the decision.
        has_case_number: a case number was given.
        emergency: asked as an emergency.
    """

    purpose: str
    offence_class: str
    offence_listed: bool
    offence_floor: bool
    offence_grave: bool
    area_m2: int
    window_min: int
    hours_since_end: int
    ends_in_future: bool
    has_case_number: bool
    emergency: bool

    @classmethod
    def of(cls, request: FootageRequest, standing: Standing, now: datetime) -> "RequestFacts":
        """Return the facts of `request` at the aware time `now`."""
        row = request.offence_row
        published = request.window.rounded_out()
        return cls(
            **asdict(standing),
            purpose=request.purpose,
            offence_class=request.offence_class,
            offence_listed=row.listed,
            offence_floor=row.above_floor(request.purpose),
            offence_grave=row.grave,
            area_m2=math.floor(request.area.area_m2 + 0.5),
            window_min=request.window.length_min,
            hours_since_end=max(0, (now - published.end) // timedelta(hours=1)),
            ends_in_future=request.window.end > now,
            has_case_number=bool(request.case_number),
            emergency=request.emergency,
        )

    def as_dict(self) -> dict[str, bool | int | str]:
        """Return the flat record that Cedar is given and that stands in the leaf's `facts`."""
        return asdict(self)


def joined_holds(facts: Mapping[str, bool | int | str]) -> bool:
    """Tell whether what published facts say of a sweep is no less than what they say of its request alone.

    Records from before there were such facts have none, and say nothing of it.
    """
    for alone, joined, rounding in (("area_m2", "joined_area_m2", 1), ("window_min", "joined_window_min", 0)):
        own, whole = facts.get(alone), facts.get(joined)
        if whole is None:
            continue
        if type(own) is not int or type(whole) is not int or whole < own - rounding:
            return False
    return True


def _bad(what: str, do: str) -> BadRequest:
    return BadRequest(what, kept="What you wrote is still in the form.", do=do)
