"""What an entry or a request says, in a sentence, and where it belongs. Pure.

In:     entries and requests of the record, witnesses.
Out:    words for lists and headings; the entry as indented JSON.
Absent: single words and figures (oversight.words), HTML (the templates).
"""

import json
import re
from collections.abc import Sequence
from datetime import date

from fanlight.model.errors import FanlightError
from fanlight.policy import Pack
from fanlight.proof.cosignature import Witness
from fanlight.seal import keys
from fanlight.server.oversight import leaves, words
from fanlight.server.oversight.leaves import Entry
from fanlight.server.oversight.record import RequestFile
from fanlight.wire import b64, gifts, operations, process
from fanlight.wire.speech import SpeechText

_SLOT = re.compile(r"\{([a-z0-9_]+)\}")


def who(witnesses: Sequence[Witness], place: int) -> str:
    """Return who runs a witness, or that there is none."""
    if place >= len(witnesses):
        return "There is no such witness yet"
    return f"Run by {witnesses[place].run_by}" if witnesses[place].run_by else "Nobody says who runs it"


def pretty(entry: Entry) -> str:
    """Return the entry as a reader can follow it: indented JSON, or its bytes as text."""
    if entry.leaf is None:
        return entry.raw.decode("utf-8", "replace")
    return json.dumps(json.loads(entry.raw), ensure_ascii=False, indent=1)


def plain(text: str) -> str:
    """Return a clause's words with its places for facts left open."""
    return _SLOT.sub("…", text)


def _of_the_record(
    known: leaves.KeyChange
    | leaves.JournalDay
    | leaves.SealedSlot
    | leaves.SealedOpened
    | leaves.SealedRenewed,
) -> str:
    """Return a sentence on what a record enters of itself, and of what may not be told yet."""
    match known:
        case leaves.KeyChange():
            whose = "The record" if known.kind == "log" else f"The witness {known.name}"
            return f"{whose} signs with another key from here on; the old one handed over to it."
        case leaves.JournalDay():
            return f"What hubs made on {words.day(known.day)}, so that it can be dated later."
        case leaves.SealedSlot():
            return f"Sealed slot {known.slot}, filled or not; to be opened by {words.day(known.due)}."
        case leaves.SealedOpened():
            dummy = known.opening.get("value") is None
            held = "nothing" if dummy else "legal process, which the entry shows"
            return f"Sealed slot {known.slot} was opened. It held {held}."
        case leaves.SealedRenewed():
            return f"Sealed slot {known.slot} stays shut until {words.day(known.due)}: {known.by}."


def party(of: gifts.Party) -> str:
    """Return who gave or got something; residents are not named."""
    return of.name or "residents"


def _given(known: gifts.Known) -> str:
    """Return a sentence on something that was given, or on a raffle."""
    match known:
        case gifts.Gift() as gift:
            what = f"{words.number(gift.units)} of: {gift.what}" if gift.units > 1 else gift.what
            who = f"{words.capitalized(party(gift.donor))} to {party(gift.recipient)}"
            return f"{who}: {what}, worth {words.money(gift.value, gift.currency)}."
        case gifts.GiftVoid():
            return f"Something that was entered as given counts no more: {known.reason}"
        case gifts.Raffle():
            when = words.moment(known.randomness.at)
            return f"A raffle was announced; it is drawn by what is published on {when}."
        case gifts.RaffleClosed():
            return f"A raffle has {words.number(len(known.tickets))} tickets, and no more come to it."
        case gifts.RaffleDrawn():
            return f"A raffle was drawn by {known.randomness}."
        case gifts.RaffleVoid():
            return f"A raffle was called off: {known.reason}"


def _operated(known: operations.Known) -> str:
    """Return a sentence on an operation with residents."""
    match known:
        case operations.Operation():
            days = f"{words.day(known.starts)} to {words.day(known.ends)}"
            return f"{known.agency} plans an operation with residents, {known.place}, {days}."
        case operations.OperationHomes():
            many = words.number(len(known.joined))
            left = f", and {words.number(len(known.left))} no more" if known.left else ""
            return f"Homes that said that they take part in an operation: {many}{left}."
        case operations.OperationOutcome():
            return (
                f"What came of an operation: {words.number(known.arrests)} arrested,"
                f" {words.number(known.cited)} cited, {words.number(known.stopped)} stopped and let go."
            )
        case operations.OperationOff():
            return f"An operation does not take place: {known.reason}"


def summary(entry: Entry) -> str:  # noqa: C901, PLR0911, PLR0912 -- one sentence a kind
    """Return one sentence on what an entry says."""
    match entry.known:
        case leaves.Town():
            return f"The record of {entry.known.name} begins."
        case leaves.Pack():
            return f"The ordinance “{entry.known.title}” came into use."
        case leaves.Agency():
            return f"{entry.known.name} was admitted: {entry.known.attested.how}."
        case leaves.Agreement():
            state = words.AGREEMENT_STATES.get(entry.known.state, entry.known.state)
            return (
                f"Agreement with {entry.known.agency}: {state.lower()}, until {words.day(entry.known.until)}."
            )
        case leaves.CaseKey():
            return f"{entry.known.agency} made the key of a case."
        case leaves.Request():
            said = f"{words.offence(entry.known.offence_class)}, {words.purpose(entry.known.purpose)}"
            because = f" by {', '.join(entry.known.rules)}" if entry.known.rules else ""
            decided = words.decision(entry.known.decision)
            return f"{entry.known.agency} asked for footage: {said}. {decided}{because}."
        case leaves.RequestClosed():
            return f"A request ended. Disclosures received: {words.band(entry.known.band)}."
        case leaves.RequestReminder():
            return f"{entry.known.agency} reminded residents of a request, as it may once."
        case leaves.Pseudonym() as known:
            did = "asked" if known.by == "officer" else "signed as second person"
            return f"{known.agency}: who {did} is {known.pseudonym}, a pseudonym of {known.year}."
        case leaves.Case():
            return f"{entry.known.agency}, {words.day(entry.known.day)}: an act in a case, or nothing."
        case leaves.ClientRelease():
            return f"Version {entry.known.version} of the web client is served from here on."
        case leaves.TownText():
            named = words.TEXTS.get(entry.known.name, entry.known.name)
            return f"{named}, version {entry.known.version}, from {words.day(entry.known.effective)} on."
        case leaves.Listing():
            named, lines = words.listing_kind(entry.known.kind), words.number(entry.known.lines)
            return f"{named}: a list of {lines} lines by {entry.known.credit} was taken over."
        case (
            leaves.KeyChange()
            | leaves.JournalDay()
            | leaves.SealedSlot()
            | leaves.SealedOpened()
            | leaves.SealedRenewed()
        ) as kept:
            return _of_the_record(kept)
        case leaves.LegalProcess() as known:
            kind = {"warrant": "A warrant", "order": "A court's order", "subpoena": "A subpoena"}
            told = f"; told since {words.day(known.told)}, when a gag was over" if known.told else ""
            return (
                f"{kind.get(known.kind, 'Legal process')} ({known.court_level} court) was"
                f" {known.decision} by the operator's counsel{_by(known)}{told}."
            )
        case leaves.ProcessPacket():
            return (
                "Rows and sealed clips, which nobody at the operator can open, went out on legal process"
                f"{_by(entry.known)}."
            )
        case (
            gifts.Gift()
            | gifts.GiftVoid()
            | gifts.Raffle()
            | gifts.RaffleClosed()
            | gifts.RaffleDrawn()
            | gifts.RaffleVoid()
        ) as given:
            return _given(given)
        case (
            operations.Operation()
            | operations.OperationHomes()
            | operations.OperationOutcome()
            | operations.OperationOff()
        ) as operated:
            return _operated(operated)
        case SpeechText() as known:
            version = "" if known.version == 1 else f", version {known.version}"
            return f"“{known.title}”{version} by {known.author} is handed out to be said."
        case leaves.RequestTemplate() as known:
            done = "ended" if known.ended else "begun" if known.version == 1 else f"version {known.version}"
            return f"{known.agency}: wording “{known.name}” for requests, {done}."
        case None:
            return (
                "Bytes that this page cannot read."
                if entry.leaf is None
                else entry.notice or "A kind or form not known here."
            )


def _by(known: leaves.LegalProcess | leaves.ProcessPacket) -> str:
    """Return whose signature an entry shows, checked here; nothing of one from before counsel had a key."""
    if known.counsel is None and known.signature is None:
        return ""
    try:
        day = date.fromisoformat(known.day)
        if isinstance(known, leaves.LegalProcess):
            said = process.decide(process=known.process, kind=known.kind, decision=known.decision, day=day)
        else:
            said = process.release(process=known.process, day=day)
        key, signature = b64.decode(known.counsel or ""), b64.decode(known.signature or "")
        keys.verify(key, process.CONTEXT, said.encode(), signature)
    except (FanlightError, ValueError):
        return ", with a signature that does not hold"
    return ", signed with counsel's own key"


def href_of(entry: Entry) -> str | None:  # noqa: PLR0911 -- one page a kind
    """Return the path of the page that an entry belongs to, if it has one."""
    match entry.known:
        case leaves.Request() | leaves.RequestClosed() | leaves.RequestReminder() | leaves.Pseudonym():
            return f"/record/requests/{entry.known.request}"
        case leaves.Agency():
            return f"/record/agencies/{entry.known.ori}"
        case leaves.Agreement() | leaves.CaseKey() | leaves.Case() | leaves.RequestTemplate():
            return f"/record/agencies/{entry.known.agency}"
        case gifts.Gift():
            return f"/record/gifts/{entry.known.on[:4]}"
        case gifts.Raffle() | gifts.RaffleClosed() | gifts.RaffleDrawn() | gifts.RaffleVoid():
            return f"/record/gifts/raffles/{entry.known.raffle}"
        case (
            operations.Operation()
            | operations.OperationHomes()
            | operations.OperationOutcome()
            | operations.OperationOff()
        ):
            return f"/record/operations/{entry.known.operation}"
        case SpeechText():
            return f"/record/texts/{entry.known.text}"
        case leaves.Pack():
            return f"/record/ordinances/{entry.known.sha256}"
        case None if entry.notice and isinstance(ori := entry.pub.get("agency"), str):
            return f"/record/agencies/{ori}"
        case _:
            return None


def later(file: RequestFile) -> str:
    """Return when what is kept back opens."""
    by = words.day(file.request.opens_by)
    when = f"on {by}" if file.state == "refused" else f"when this request closes, and on {by} at the latest"
    return (
        f"The words to residents, the outline of the area, the exact times, the case number and the exact "
        f"offence open {when}. They are committed in the record, so they cannot change until then."
    )


def map_label(file: RequestFile) -> str:
    """Return what the sketch shows, for those who cannot see it."""
    many = len(file.request.cells)
    cells = "one cell" if many == 1 else f"{many} cells"
    inside = "with the outline drawn in it" if file.opened.get("outline") else "without an outline"
    return f"Sketch of streets, {cells} of the map marked, {inside}. The list below names each cell."


def status(file: RequestFile) -> str:
    """Return how a request stands for residents."""
    match file.state:
        case "open":
            return "Residents inside the area can answer it, or not."
        case "waiting":
            return "No resident has seen it."
        case "closed":
            return "It can no longer be answered."
        case "refused":
            return "No resident ever saw it."


def steps(file: RequestFile, text: Pack | None) -> list[str]:
    """Return what happened at each of a request's entries, with the sections that refused."""
    sections = {clause.id: clause.section for clause in text.clauses} if text else {}
    steps: list[str] = []
    for entry in file.entries:
        said = entry.known
        if not isinstance(said, leaves.Request):
            continue
        if said.decision == "refused":
            by = ", ".join(sections.get(rule, rule) for rule in said.rules)
            first = "Asked, and refused" if not steps else "An attempt to sign, refused"
            steps.append(f"{first} by {by}" if by else first)
        elif not steps:
            steps.append(
                "Asked and accepted"
                if said.second_signature
                else "Asked as an emergency and accepted"
                if said.emergency
                else "Asked; accepted once a second person signs"
            )
        else:
            steps.append("A second person signed" if said.second_signature else "Decided again")
    return steps
