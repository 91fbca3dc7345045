"""What `fanlight app` lets pass between a browser and a server, and what it never does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.cli.app import rules

OWN = "http://localhost:8425"
HOST = {"host": "localhost:8425"}


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://town.example", "https://town.example"),
        ("town.example", "https://town.example"),
        ("https://town.example:8443/", "https://town.example:8443"),
        ("http://localhost:8420", "http://localhost:8420"),
        ("http://town.localhost:8420", "http://town.localhost:8420"),
        ("http://[::1]:8420", "http://[::1]:8420"),
    ],
)
def test_a_server_is_reached_over_tls_or_on_this_machine(address: str, origin: str) -> None:
    """R05: secrets go nowhere in the clear."""
    assert rules.server_origin(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        *("http://town.example", "http://192.168.1.2", "ftp://town.example", "https://", ""),
        *("https://me:word@town.example", "https://town.example/home", "https://town.example:99999"),
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(rules.BadServerAddress):
        rules.server_origin(address)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_address_or_refused(address: str) -> None:
    try:
        origin = rules.server_origin(address)
    except rules.BadServerAddress:
        return
    assert origin.startswith(("https://", "http://"))


@pytest.mark.parametrize(
    ("why", "headers"),
    [
        ("host", {"host": "evil.example:8425"}),
        ("host", {"host": "127.0.0.1:8425"}),
        ("host", {}),
        ("origin", {**HOST, "origin": "http://evil.example"}),
        ("origin", {**HOST, "origin": "null"}),
        ("origin", {**HOST, "origin": "http://localhost:8426"}),
        ("site", {**HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"}),
        ("site", {**HOST, "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate"}),
        (None, {**HOST, "origin": OWN, "sec-fetch-site": "same-origin"}),
        (None, HOST),
    ],
)
def test_only_this_machines_own_pages_are_answered(why: str | None, headers: dict[str, str]) -> None:
    """R05: a name pointed here (DNS rebinding), another site's page and another port get nothing."""
    assert rules.refusal("GET", "/v1/clips", headers, OWN) == why


def test_a_link_to_the_pages_may_be_followed_from_elsewhere() -> None:
    headers = {**HOST, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    assert rules.refusal("GET", "/home", headers, OWN) is None
    assert rules.refusal("POST", "/home", headers, OWN) == "site"


def test_nothing_of_the_browser_goes_on_but_what_a_call_needs() -> None:
    """R05: no cookie, no address, no make of the browser."""
    sent = ["Authorization", "Range", "Cookie", "User-Agent", "Referer", "X-Forwarded-For", "Origin", "Host"]
    kept = rules.upward([(name.encode(), b"x") for name in sent])
    assert [name for name, _ in kept] == [b"Authorization", b"Range"]


KINDS = st.one_of(
    st.sampled_from(
        ["text/html", "text/javascript", "image/svg+xml", "application/wasm", "application/json"]
    ),
    st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)


@given(path=st.sampled_from(["/v1/clips", "/log/checkpoint", "/record/", "/v1/x.js"]), kind=KINDS)
def test_nothing_that_a_server_sends_is_a_program_or_a_page_of_ours(path: str, kind: str) -> None:
    """R05: its answers are data to the browser; its public page stands in a sandbox with no programs."""
    sent = [
        ("Content-Type", kind),
        ("Set-Cookie", "a=b"),
        ("Location", "https://evil.example"),
        ("Link", "x"),
    ]
    got = {name.decode(): said.decode() for name, said in rules.downward(path, sent)}
    assert {"set-cookie", "location", "link"}.isdisjoint(got)
    assert got["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert "allow-scripts" not in got["content-security-policy"]
    assert got["x-content-type-options"] == "nosniff"
    named = got["content-type"].partition(";")[0].strip().lower()
    allowed = {"application/json", "application/octet-stream", "text/plain", "application/geo+json"}
    assert named in allowed | ({"text/html"} if path == "/record/" else set())
    if path.startswith("/v1/"):
        assert got["cache-control"] == "no-store"


def test_the_pages_run_programs_of_the_package_only() -> None:
    """R05: not even of this address, below what goes on to the server."""
    said = {
        name.decode(): value.decode() for name, value in rules.page_headers(OWN, "text/html", lasting=False)
    }
    script = next(
        part for part in said["content-security-policy"].split("; ") if part.startswith("script-src")
    )
    assert script == f"script-src {OWN}/assets/ {OWN}/home/ 'wasm-unsafe-eval'"


@given(st.text(max_size=40))
def test_what_goes_on_and_what_is_served_here_never_mix(path: str) -> None:
    assert not (rules.passes("/home" + path))
    assert not (rules.passes("/assets" + path))
    assert not rules.passes(rules.RELAY)


def test_an_answer_that_nothing_changed_leads_nowhere_else() -> None:
    """R05: a page asks again with what it has; only a real change of address is refused."""
    assert [
        status
        for status in (200, 204, 206, 301, 302, 303, 304, 307, 308, 404, 503)
        if rules.leads_elsewhere(status)
    ] == [*(301, 302, 303, 307, 308)]
