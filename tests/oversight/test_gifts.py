"""R35 R39 R41: what was given is on a page with its terms, in sums that open what they are of."""

import json
from typing import Any

import pytest
from tests.oversight.recordbook import ORI, Book

from fanlight.proof.raffle import order
from fanlight.server.oversight.pages import render

GIFT, BETTER, HOURS, RAFFLE = "a" * 26, "b" * 26, "c" * 26, "d" * 26
TICKETS = sorted(f"{number:024x}" for number in range(7))


def given(gift: str, **change: Any) -> dict[str, Any]:
    """Return the fields of an entry of three cameras for residents."""
    return {
        "gift": gift,
        "day": "2026-11-20",
        "on": "2026-11-19",
        "kind": "device",
        "what": "Doorbell <cameras>",
        "donor": {"role": "company", "name": "Bellwether Doorbells"},
        "recipient": {"role": "residents", "name": None},
        "units": 3,
        "list_price": 29_700,
        "paid": 0,
        "currency": "USD",
        "minutes": None,
        "terms": "=1+1 Nobody owes footage.",
        "no_duty": True,
        "appropriation": None,
        "vote": None,
        "eligibility": "Everybody in the Harbor district.",
        "agency": None,
        "agreement": None,
        "corrects": None,
        "side": "operator",
        **change,
    }


@pytest.fixture
def gifts(book: Book) -> Book:
    """Return a record in which one gift was corrected, another taken out, and a raffle was drawn."""
    book.add("gift", given(GIFT))
    book.add("gift", given(BETTER, units=4, list_price=39_600, paid=600, corrects=GIFT, side="clerk"))
    hours = {"kind": "staff-time", "what": "Officers at a fair", "minutes": 150, "agency": ORI, "units": 1}
    book.add("gift", given(HOURS, on="2025-12-31", currency="JPY", list_price=9_000, **hours))
    book.add("gift", given("e" * 26, agency=ORI))
    book.add("gift-void", {"gift": "e" * 26, "day": "2026-11-20", "reason": "It was never handed over."})
    draw: dict[str, Any] = {"who": "The lottery", "what": "Draw 9", "at": "2026-11-15T20:00:00.000Z"}
    draw |= {"form": "numbers", "length": 2, "most": 49}
    book.add(
        "raffle",
        {
            "raffle": RAFFLE,
            "gift": BETTER,
            "day": "2026-11-10",
            "prizes": 2,
            "eligibility": "Everybody.",
            "randomness": draw,
            "side": "clerk",
        },
    )
    book.add("raffle-closed", {"raffle": RAFFLE, "day": "2026-11-14", "tickets": TICKETS})
    wins = order(RAFFLE, "7 40", TICKETS)[:2]
    drawn = {"raffle": RAFFLE, "day": "2026-11-16", "randomness": "7 40", "winners": wins}
    book.add("raffle-drawn", drawn)
    return book


def page(book: Book, path: str) -> str:
    made = render(path, book.record())
    assert made.status == 200, path
    return made.body.decode()


def test_a_sum_is_of_what_counts_and_what_does_not_stays_on_the_page(gifts: Book) -> None:
    """R35: currencies are not added; a corrected gift and one taken out are shown, and in no sum."""
    all_of_it = page(gifts, "/record/gifts")
    sums = "2 things of value changed hands, worth JPY 9,000 and USD 390.00, and 2 h 30 min of staff time."
    assert sums in all_of_it
    assert "It was never handed over." in all_of_it
    assert all_of_it.count(">Corrected</span>") == 1
    assert all_of_it.count("Nobody owes any for it.") == 4
    assert "Doorbell &lt;cameras&gt;" in all_of_it
    assert "1 thing of value changed hands, worth USD 390.00." in page(gifts, "/record/gifts/2026")
    own = page(gifts, f"/record/agencies/{ORI}/gifts")
    assert "1 thing of value changed hands, worth JPY 9,000, and 2 h 30 min" in own
    assert f'href="/record/agencies/{ORI}/gifts"' in page(gifts, f"/record/agencies/{ORI}")
    assert render("/record/gifts/1999", gifts.record()).status == 404


def test_an_empty_page_says_that_nothing_is_missing(book: Book) -> None:
    assert "Nothing of value changed hands that the record knows of." in page(book, "/record/gifts")


def test_a_raffle_is_drawn_again_on_its_page(gifts: Book) -> None:
    """R35: and one that comes out otherwise says so."""
    shown = page(gifts, f"/record/gifts/raffles/{RAFFLE}")
    assert "Drawn again, it comes out the same" in shown
    assert "Drawn on 16 November 2026 from 7 tickets." in shown
    assert f'href="/record/gifts/raffles/{RAFFLE}"' in page(gifts, "/record/gifts")
    gifts.add(
        "raffle-drawn", {"raffle": RAFFLE, "day": "2026-11-16", "randomness": "7 40", "winners": TICKETS[:2]}
    )
    assert "Not in order" in page(gifts, f"/record/gifts/raffles/{RAFFLE}")


def test_what_was_given_is_a_file_that_no_spreadsheet_runs(gifts: Book) -> None:
    """R35: a row names its entries; a cell that begins a formula is text."""
    rows = json.loads(page(gifts, "/record/gifts.json"))["gifts"]
    assert [row["counts"] for row in rows] == [False, True, True, False]
    assert rows[0]["entries"] != rows[1]["entries"]
    table = page(gifts, "/record/gifts.csv")
    assert "'=1+1" in table
    assert ",=1+1" not in table


def test_each_entry_of_what_was_given_says_so_in_a_sentence(gifts: Book) -> None:
    """R42: and leads to its page."""
    off = {"raffle": "f" * 26, "day": "2026-11-16", "reason": "No camera came."}
    gifts.add("raffle-void", off)
    for kind, said in {
        "gift": "Bellwether Doorbells to residents: 3 of: Doorbell",
        "gift-void": "counts no more: It was never handed over.",
        "raffle": "drawn by what is published on 15 November 2026, 20:00 UTC",
        "raffle-closed": "A raffle has 7 tickets",
        "raffle-drawn": "A raffle was drawn by 7 40.",
        "raffle-void": "A raffle was called off: No camera came.",
    }.items():
        assert said in page(gifts, f"/record/entries/of/{kind}")
