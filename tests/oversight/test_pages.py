"""What the public pages show, never show, and where their figures lead."""

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oversight.recordbook import (
    ASKER,
    NOW,
    ORI,
    OUTLINE,
    SIGNER,
    WITNESSES,
    WORDS,
    Book,
    Sample,
    ground,
)

from fanlight import neighbors
from fanlight.policy import LISTS, default_pack, phrases
from fanlight.proof.openings import Opening
from fanlight.server.oversight import Beside, Entry, LogState, Record, paths, render

SECRETS = (WORDS, "HD-2026-0417", str(OUTLINE[0][0]), "pseudonym-of-the-officer", "m-area")


class Links(HTMLParser):
    """Collects what a page links to, and every element's attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")


def html(path: str, record: Record) -> str:
    page = render(path, record)
    assert page.status == 200, path
    return page.body.decode()


def text(path: str, record: Record) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html(path, record)))


APPS = {"/record/ordinances/edit"}  # served beside the record's pages, with scripts


def test_every_link_within_the_record_leads_to_a_page(sample: Sample) -> None:
    """R42, R47: what the pages point at is there."""
    record = sample.book.record()
    seen: set[str] = set()
    ahead = ["/record/"]
    while ahead:
        path = ahead.pop()
        if path in seen or not path.startswith("/record") or path in APPS:
            continue
        seen.add(path)
        body = html(path, record)
        if not path.endswith((".csv", ".json")):
            ahead += [link.partition("#")[0] for link in Links(body).links]
    reached = {path.rstrip("/") for path in seen}
    assert reached == {path.rstrip("/") for path in paths(record)}


@pytest.mark.parametrize("path", ["/record/", f"/record/agencies/{ORI}"])
def test_a_figure_is_the_length_of_the_list_its_link_opens(path: str, sample: Sample) -> None:
    """R42, R47: every number opens, and the list behind it has that many rows."""
    record = sample.book.record()
    figures = re.findall(
        r'<div class="figure"><b>([\d,]+)</b><p>[^<]*</p><p class="xs"><a href="([^"]+)"', html(path, record)
    )
    assert len(figures) >= 3
    for figure, link in figures:
        rows = html(link, record).partition("<tbody>")[2].count("<tr>")
        assert rows == int(figure.replace(",", "")), link


def test_the_outline_times_words_and_case_number_stay_shut_until_the_request_closes(sample: Sample) -> None:
    """R42: even where the openings were handed in, nothing shows them before their time."""
    record = sample.book.record()
    for name in (sample.open, sample.waiting, sample.refused, sample.protected):
        shown = html(f"/record/requests/{name}", record)
        assert not [secret for secret in SECRETS if secret in shown]


def test_nothing_that_is_kept_back_is_on_any_page_but_that_of_the_closed_request(sample: Sample) -> None:
    record = sample.book.record()
    for path in paths(record):
        if not path.endswith(sample.closed):
            shown = render(path, record).body.decode()
            assert not [secret for secret in SECRETS if secret in shown], path


def test_a_closed_request_opens_its_words_outline_and_times_but_no_person(sample: Sample) -> None:
    """R24, R46: names of officers are for the auditor."""
    shown = html(f"/record/requests/{sample.closed}", sample.book.record())
    assert WORDS in shown
    assert "HD-2026-0417" in shown
    assert "m-area" in shown
    assert "Exactly: 20 November 2026, 22:00 UTC" in shown
    assert "pseudonym-of" not in shown


def test_who_asked_is_a_pseudonym_whose_requests_are_one_list(sample: Sample) -> None:
    """R46: linked from each request and counted at the agency; who has none is not yet named."""
    record = sample.book.record()
    shown = html(f"/record/requests/{sample.open}", record)
    assert f'data-fact="asked_by">{ASKER}<' in shown
    assert f'data-fact="signed_by">{SIGNER}<' in shown
    assert "asked 2 times and signed never in 2026" in shown
    rows = html(f"/record/agencies/{ORI}/by/2026/{ASKER}", record).partition("<tbody>")[2].count("<tr>")
    assert rows == 2
    agency = html(f"/record/agencies/{ORI}", record)
    assert agency.index(ASKER) < agency.index(SIGNER)
    assert "not yet named by the auditor" in html(f"/record/requests/{sample.waiting}", record)
    assert "not told before this request opens" in html(f"/record/requests/{sample.protected}", record)


@pytest.mark.parametrize(
    "change", [{"agency": "CA0000000"}, {"by": "witness"}, {"pseudonym": "R. Vale"}, {"year": "2026"}]
)
def test_an_entry_that_names_nobody_in_the_right_form_is_no_pseudonym(
    change: dict[str, Any], sample: Sample
) -> None:
    """R46: nor is a second one, which cannot take the first one's place."""
    sample.book.name(sample.waiting, "officer", ASKER, change)
    sample.book.name(sample.open, "officer", SIGNER)
    record = sample.book.record()
    assert "not yet named by the auditor" in html(f"/record/requests/{sample.waiting}", record)
    assert f'data-fact="asked_by">{ASKER}<' in html(f"/record/requests/{sample.open}", record)


def test_everything_but_persons_opens_after_180_days_even_if_refused(sample: Sample) -> None:
    shown = html(f"/record/requests/{sample.refused}", sample.book.record(now=NOW + timedelta(days=181)))
    assert WORDS in shown
    assert "pseudonym-of" not in shown


def test_an_opening_that_its_leaf_does_not_commit_to_is_not_shown(sample: Sample) -> None:
    book = sample.book
    for index, openings in book.openings.items():
        book.openings[index] = [Opening(o.field, o.salt, "Another text") for o in openings]
    assert "Another text" not in html(f"/record/requests/{sample.closed}", book.record())


@pytest.mark.parametrize("value", [None, 7, ["x"], {"a": 1}, [[1, 2]], "a text"])
def test_an_opening_of_another_form_leaves_the_page_whole(value: object, book: Book) -> None:
    name = book.request()
    book.close(name)
    entry = Entry.of(4, book.leaves[4])
    assert entry.leaf is not None
    pub = {**entry.leaf.pub, "request": "a" * 26}
    index = book.add("request", pub, {"outline": value, "words": value})
    book.add("request-closed", {"request": "a" * 26, "reason": "officer", "band": "0"})
    assert book.openings[index]
    assert "What was asked" in html("/record/requests/" + "a" * 26, book.record())


def test_no_number_of_disclosures_is_told_before_a_request_closes(sample: Sample) -> None:
    """R24, R48: nothing can be counted before the end, and then only in bands."""
    record = sample.book.record()
    for name in (sample.open, sample.waiting, sample.refused, sample.protected):
        shown = text(f"/record/requests/{name}", record)
        assert "Disclosures received" not in shown
        assert "1 to 4" not in shown
    assert "Disclosures received: 1 to 4" in text(f"/record/requests/{sample.closed}", record)
    rows = json.loads(render("/record/requests.json", record).body)["requests"]
    assert {row["disclosed"] for row in rows if row["request"] != sample.closed} == {None}


def test_a_page_never_says_how_many_were_reached_or_declined(sample: Sample) -> None:
    """R24, R31."""
    record = sample.book.record()
    for path in paths(record):
        assert not re.search(
            r"\d+ (residents|homes|people) (were|was|saw|read|declined|reached)", text(path, record)
        )


def test_a_protected_request_names_neither_offence_nor_place_until_it_opens(sample: Sample) -> None:
    record = sample.book.record()
    shown = html(f"/record/requests/{sample.protected}", record)
    assert "An offence that is not named yet" in shown
    assert "m-cell" not in shown
    later = sample.book.record(now=NOW + timedelta(days=181))
    assert "NIBRS 11A" in html(f"/record/requests/{sample.protected}", later)


def test_a_refused_request_shows_the_clauses_that_refused_it_first(sample: Sample) -> None:
    """R20, R21, R43: an attempt is public with its clause, and what would have been lawful."""
    shown = text(f"/record/requests/{sample.refused}", sample.book.record())
    refusing, _, holding = shown.partition("The agency is of a kind that may ask residents.")
    assert "840 minutes, more than 720" in refusing
    assert "never a purpose" in refusing
    assert "Lawful if" in refusing
    assert "Refused:" not in holding


def test_a_decision_that_the_ordinance_does_not_give_is_called_out(book: Book) -> None:
    """R42, R43: the page decides again from the published facts."""
    book.request(purpose="protest", second_signature=False)
    leaf = json.loads(book.leaves[-1])
    leaf["pub"] |= {"decision": "accepted", "rules": [], "request": "b" * 26}
    book.add("request", leaf["pub"])
    assert "The record and the ordinance do not agree" in text(f"/record/requests/{'b' * 26}", book.record())


def test_a_figure_beside_the_facts_that_differs_from_them_is_called_out(book: Book) -> None:
    name = book.request()
    leaf = json.loads(book.leaves[-1])
    leaf["pub"] |= {"area_m2": 999_999, "request": "c" * 26}
    book.add("request", leaf["pub"])
    assert "do not agree" not in text(f"/record/requests/{name}", book.record())
    assert "do not agree" in text(f"/record/requests/{'c' * 26}", book.record())


def test_a_second_signature_by_the_same_person_leaves_the_request_waiting_and_is_shown(book: Book) -> None:
    """R21: the attempt is a leaf."""
    name = book.request(second_signature=False)
    leaf = json.loads(book.leaves[-1])
    leaf["pub"] |= {"decision": "refused", "rules": ["signature.second"]}
    book.add("request", leaf["pub"])
    record = book.record()
    assert record.requests[name].state == "waiting"
    assert "An attempt to sign, refused by 5.2" in text(f"/record/requests/{name}", record)


def test_a_request_refused_when_the_second_person_signs_is_refused(book: Book) -> None:
    name = book.request(second_signature=False)
    book.request(id=name, agreement_in_force=False)
    assert book.record().requests[name].state == "refused"


PROGRAMS = {"/static/oversight/verify.js", "/static/oversight/simulate.js"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def test_hostile_words_in_leaves_stay_words() -> None:
    """Whatever stands in a leaf, a page holds no element, handler or address made from it."""
    book = Book()
    ground(book)
    leaf = json.loads(book.leaves[2])["pub"]
    book.add("agency", {**leaf, "name": HOSTILE, "kind": HOSTILE, "ori": HOSTILE})
    name = book.request()
    pub = json.loads(book.leaves[-1])["pub"]
    hostile = {"agency": HOSTILE, "purpose": HOSTILE, "offence_class": HOSTILE, "rules": [HOSTILE]}
    book.add("request", {**pub, **hostile, "request": "d" * 26, "decision": "refused", "cells": [HOSTILE]})
    book.add("town", {"name": HOSTILE, "demo": True, "country": HOSTILE})
    book.add("unheard-of", {HOSTILE: HOSTILE})
    book.leaves.append(HOSTILE.encode())
    book.close(name)
    record = book.record()
    for path in [*paths(record), f"/record/{HOSTILE}"]:
        page = render(path, record)
        if page.media_type.startswith("text/html"):
            found = Links(page.body.decode()).tags
            assert "img" not in {tag for tag, _ in found}, path
            assert not [at for _, at in found if any(key.startswith("on") for key in at)], path
            assert all(at.get("src") in PROGRAMS for tag, at in found if tag == "script"), path


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_in_the_log_make_an_entry_that_is_shown_and_counted_nowhere(raw: bytes) -> None:
    book = Book()
    book.leaves.append(raw)
    record = book.record()
    assert render("/record/entries/0", record).status == 200
    assert render("/record/", record).status == 200
    assert not record.requests


@settings(max_examples=100)
@given(st.text(max_size=40))
def test_any_path_gives_a_page(path: str) -> None:
    book = Book()
    ground(book)
    assert render(f"/record/{path}", book.record()).status in {200, 404}


def test_pages_run_no_inline_script_and_fetch_nothing_from_elsewhere(sample: Sample) -> None:
    record = sample.book.record()
    for path in paths(record):
        if path.endswith((".csv", ".json", ".html")):  # reports that stand alone: test_reports.py
            continue
        for tag, at in Links(html(path, record)).tags:
            assert tag != "style", path
            assert "style" not in at, path
            assert tag != "script" or at.get("src") in PROGRAMS, path
            assert not str(at.get("src") or at.get("href") or "").startswith(("http", "//")), path


def test_an_unwitnessed_record_says_so(book: Book) -> None:
    """R42: verified by whom is always said."""
    assert "Unwitnessed." in text("/record/log", book.record(witnesses=()))


def test_a_record_that_only_the_operator_watches_says_so(book: Book) -> None:
    shown = text("/record/log", book.record(witnesses=WITNESSES[2:]))
    assert "Checked, but by the operator's own witness." in shown.replace("&#39;", "'")


def test_one_outsider_is_not_yet_a_witnessed_record(book: Book) -> None:
    assert book.record(witnesses=WITNESSES[1:]).log.standing == "unwitnessed"
    assert book.record(witnesses=WITNESSES[:2]).log.standing == "witnessed"


def test_an_empty_record_has_a_front_page_and_says_that_this_is_no_error() -> None:
    record = Record.of([], LogState(origin="x", size=0, root=b"\0" * 32), NOW)
    assert "Nobody has asked for anything" in text("/record/", record)
    assert "0 requests" in text("/record/requests", record)


def test_an_agency_without_an_agreement_is_shown_as_one_that_cannot_ask(book: Book) -> None:
    """R20, R33."""
    leaf = json.loads(book.leaves[2])["pub"]
    book.add("agency", {**leaf, "ori": "CA0000000", "name": "Alder County Sheriff"})
    shown = text("/record/agencies/CA0000000", book.record())
    assert "Has no agreement and never had one" in shown
    assert f"All {len(book.leaves)} entries were read" in shown


def test_an_agreement_that_ran_out_lets_nobody_ask(book: Book) -> None:
    shown = text(f"/record/agencies/{ORI}", book.record(now=NOW + timedelta(days=400)))
    assert "Has no agreement in force today" in shown


def test_the_vote_behind_an_agreement_is_shown_with_its_entry(book: Book) -> None:
    """R33: who voted, how, when, and where to read it."""
    shown = text(f"/record/agencies/{ORI}", book.record())
    assert "Voted by Board, 8 to 3" in shown
    assert "Resolution 26-017" in shown


def test_a_pack_under_another_hash_than_its_own_is_not_shown_as_the_ordinance(book: Book) -> None:
    leaf = json.loads(book.leaves[1])["pub"]
    book.add("pack", {**leaf, "sha256": "0" * 64})
    beside = Beside(packs={"0" * 64: default_pack()})
    assert "was not published here" in text("/record/ordinances/" + "0" * 64, book.record(beside=beside))


def test_the_export_holds_every_request_refused_ones_too(sample: Sample) -> None:
    """R44, R48: requests are never left out."""
    record = sample.book.record()
    rows = json.loads(render("/record/requests.json", record).body)["requests"]
    assert [row["request"] for row in rows] == list(record.requests)
    csv = render("/record/requests.csv", record).body.decode()
    assert len(csv.strip().split("\r\n")) == len(rows) + 1


def test_no_cell_of_an_export_can_start_a_formula(book: Book) -> None:
    leaf = json.loads(book.leaves[2])["pub"]
    book.add("agency", {**leaf, "ori": "X", "name": "=HYPERLINK(1)"})
    assert ",'=HYPERLINK(1)," in render("/record/agencies.csv", book.record()).body.decode()


def test_the_same_record_gives_the_same_bytes(sample: Sample) -> None:
    """A mirror makes the page that the server makes."""
    one, two = sample.book.record(), sample.book.record()
    for path in paths(one):
        assert render(path, one) == render(path, two)


def test_an_ordinance_shows_every_clause_with_its_law_and_no_open_slot(sample: Sample) -> None:
    """R43: clauses in plain words, citations, and the text the machine reads."""
    pack = default_pack()
    shown = html(f"/record/ordinances/{pack.sha256}", sample.book.record())
    prose = shown.partition("<pre")[0]
    assert "{" not in prose
    for clause in pack.clauses:
        assert f'id="{clause.id}"' in prose
        for cite in clause.cites:
            assert cite.source == "this pack" or cite.section in prose
    assert "@id(&#34;window.most&#34;)" in shown


def test_the_phrases_that_are_refused_are_public_with_their_reasons_and_limits(sample: Sample) -> None:
    """R19, R21, R25: every phrase of both lists, the same on the page and in the files."""
    record = sample.book.record()
    page = text("/record/ordinances/words", record)
    rows = json.loads(html("/record/ordinances/words.json", record))["words"]
    for name in LISTS:
        listed = phrases(name)
        assert f"{name}, version {listed['version']}" in page
        mine = [{key: row[key] for key in ("phrase", "why")} for row in rows if row["list"] == name]
        assert mine == listed["phrases"]
    assert all(f"“{row['phrase']}”" in page for row in rows)
    assert "Nothing else is found." in page
    assert html("/record/ordinances/words.csv", record).count("\r\n") == len(rows) + 1


def test_the_words_that_the_form_for_posts_looks_for_are_public_with_their_versions(sample: Sample) -> None:
    """R15, R19: every phrase, the same on the page and in the files; each version with its day."""
    record = sample.book.record()
    page = text("/record/ordinances/post-words", record)
    rows = json.loads(html("/record/ordinances/post-words.json", record))["words"]
    for name in neighbors.LISTS:
        listed = neighbors.public_list(name)
        for version in listed["history"]:
            assert f"Version {version['version']}, {version['date']}: {version['change']}" in page
        mine = [(row["group"], row["phrase"]) for row in rows if row["list"] == name]
        pairs = [one for one in mine if one[0].startswith("together")]
        assert len(pairs) == sum(len(row["words"]) + len(row["with"]) for row in listed.get("together", []))
        mine = mine[: len(mine) - len(pairs)]
        assert mine == [(group["group"], word) for group in listed["groups"] for word in group["words"]]
    words = [row for row in rows if row["list"] != "post-letters"]
    assert all(f"“{row['phrase'].replace(chr(39), '&#39;')}”" in page for row in words)
    letters = neighbors.public_list("post-letters")
    assert all(f"“{word}” as “{meant}”" in page for word, meant in letters["spelling"].items())
    assert sum(row["list"] == "post-letters" for row in rows) == sum(
        (
            sum(len(codes.split()) for codes in letters["alike"].values()),
            *(len(letters[part]) for part in ("runs", "dropped", "figures", "spelling")),
        )
    )
    assert "No word is forbidden." in page
    assert html("/record/ordinances/post-words.csv", record).count("\r\n") == len(rows) + 1
