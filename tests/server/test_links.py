"""Links: what a member gives out, for how long, how often; and what the server does not know of it."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.acting import Household, make_household
from tests.server.running import Running
from tests.server.running import running as town

from fanlight.model.ids import new_id
from fanlight.seal import keys, opening, sealing
from fanlight.server.errors import Malformed
from fanlight.server.links import clockwork, rules, store
from fanlight.wire import b64, jcs


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Let a test be written as one coroutine."""

    @functools.wraps(test)
    def run(**fixtures: Any) -> None:
        async def body() -> None:
            await test(**fixtures)

        asyncio.run(body())

    return run


PLAIN = b"a copy with blurred faces" * 9_000


class Given:
    """A link as a member's browser makes it; `secret` never goes to the server."""

    def __init__(self, home: Household, *, kind: str = "clip", most: int = 3, days: int = 7) -> None:
        self.identity = keys.new_identity()
        self.id = new_id()
        self.file = sealing.seal(PLAIN, [self.identity.recipient])
        self.about = sealing.seal(jcs.dumps({"v": 1, "type": "link"}), [self.identity.recipient])
        self.kind, self.most, self.days, self.home = kind, most, days, home

    def wire(self, running: Running) -> dict[str, Any]:
        own = sealing.seal(self.identity.secret.encode(), [self.home.recipient])
        return {
            "kind": self.kind,
            "until": (running.clock().date() + timedelta(days=self.days)).isoformat(),
            "most": self.most,
            "length": len(self.file),
            "about": b64.encode(self.about),
            "own": b64.encode(own),
        }

    async def put(self, running: Running) -> None:
        owner, base = self.home.owner, f"/v1/links/{self.id}"
        await owner.json("PUT", base, json=self.wire(running))
        await owner.json("PUT", f"{base}/file", content=self.file)
        await owner.json("POST", f"{base}/done")

    async def told(self, running: Running) -> dict[str, Any]:
        return dict(await running.json(f"/v1/links/{self.id}/about"))

    async def open(self, running: Running) -> httpx.Response:
        return await running.http.post(f"/v1/links/{self.id}/open")


@in_a_loop
async def test_who_has_the_link_opens_it_without_an_account(database: str, tmp_path: Any) -> None:
    """R06 R09: the key is in the link's own hands; the server's bytes open with it and with nothing else."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        await given.put(running)
        told = await given.told(running)
        assert told["state"] == "open"
        assert told["left"] == 3
        assert opening.open_age(b64.decode(told["about"]), [given.identity.secret])
        answer = await given.open(running)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        assert opening.open_age(answer.content, [given.identity.secret]) == PLAIN
        assert (await given.told(running))["left"] == 2


@in_a_loop
async def test_nothing_says_who_opened_or_when(database: str, tmp_path: Any) -> None:
    """R11: an opening changes one number of one row and nothing else that is kept."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        await given.put(running)

        def kept() -> dict[str, list[tuple[Any, ...]]]:
            with psycopg.connect(database) as owner:
                tables = owner.execute(
                    "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
                ).fetchall()
                return {
                    name: sorted(owner.execute(f'TABLE "{name}"'.encode()).fetchall(), key=repr)
                    for (name,) in tables
                    if name not in {"leaf", "signed_checkpoint", "slot", "cell_file", "day_slot"}
                }

        before = kept()
        await given.open(running)
        after = kept()
        changed = {name for name in after if before[name] != after[name]}
        assert changed == {"link"}
        ((old,), (new,)) = before["link"], after["link"]
        assert sum(one != other for one, other in zip(old, new, strict=True)) == 1


@in_a_loop
async def test_a_link_opens_as_often_as_it_may_and_not_once_more(database: str, tmp_path: Any) -> None:
    """R09: also when all come at once."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http), most=2)
        await given.put(running)
        answers = await asyncio.gather(*(given.open(running) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [200, 200, 409, 409, 409, 409]
        assert {a.json()["code"] for a in answers if a.is_error} == {"links.spent"}
        assert await given.told(running) == {"state": "spent", "kind": "clip"}


@in_a_loop
async def test_a_link_that_is_taken_back_says_so_and_its_file_is_gone(database: str, tmp_path: Any) -> None:
    """R09: whichever member takes it back."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        await given.put(running)
        path = tmp_path / "blobs" / clockwork.blob_of(given.id)
        assert path.exists()
        await given.home.owner.json("DELETE", f"/v1/links/{given.id}")
        assert await given.told(running) == {"state": "revoked", "kind": "clip"}
        assert (await given.open(running)).json()["code"] == "links.revoked"
        assert not path.exists()
        (row,) = (await given.home.owner.json("GET", "/v1/links"))["links"]
        assert row["state"] == "revoked"


@in_a_loop
async def test_a_link_ends_with_its_day_and_is_forgotten_a_month_later(database: str, tmp_path: Any) -> None:
    """R09: first it says that its time is over, then that there is none; the file goes at once."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http), days=1)
        await given.put(running)
        running.clock.ahead = timedelta(days=2)
        assert (await given.told(running))["state"] == "expired"
        assert (await given.open(running)).json()["code"] == "links.expired"
        assert await clockwork.sweep(running.services) == 1
        assert not (tmp_path / "blobs" / clockwork.blob_of(given.id)).exists()
        assert (await given.told(running))["state"] == "expired"
        running.clock.ahead = timedelta(days=2 + rules.TOLD_DAYS)
        await clockwork.sweep(running.services)
        gone = await running.http.get(f"/v1/links/{given.id}/about")
        assert (gone.status_code, gone.json()["code"]) == (404, "links.gone")


@in_a_loop
async def test_the_file_of_a_household_that_was_deleted_goes(database: str, tmp_path: Any) -> None:
    """R05 R10: whatever took the row away, the file does not stay; another household's does."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        other = Given(await make_household(running.http, seed=b"o" * 32))
        for one in (given, other):
            await one.put(running)
        with psycopg.connect(database) as owner:
            owner.execute("DELETE FROM link WHERE id = %s", [given.id])
        assert await clockwork.sweep(running.services) == 1
        assert (await given.open(running)).json()["code"] == "links.gone"
        assert not (tmp_path / "blobs" / clockwork.blob_of(given.id)).exists()
        assert (await other.open(running)).content == other.file


@in_a_loop
async def test_a_share_for_support_lasts_an_hour_at_most(database: str, tmp_path: Any) -> None:
    """R04: its end is in memory; no row holds it, and after it the link opens nothing."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http), kind="support", days=0)
        await given.put(running)
        assert 0 < (await given.told(running))["minutes"] <= 60
        running.clock.ahead = timedelta(minutes=61)
        assert (await given.told(running))["state"] == "expired"
        (row,) = (await given.home.owner.json("GET", "/v1/links"))["links"]
        assert (row["kind"], row["state"]) == ("support", "expired")
        too_long = Given(given.home, kind="support", days=3)
        refused = await given.home.owner.call("PUT", f"/v1/links/{too_long.id}", json=too_long.wire(running))
        assert refused.json()["code"] == "links.bad_end"


@in_a_loop
async def test_another_household_sees_and_ends_nothing(database: str, tmp_path: Any) -> None:
    """R05: nor does somebody who only knows that there is a link end it."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        await given.put(running)
        other = await make_household(running.http, seed=b"o" * 32)
        assert (await other.owner.json("GET", "/v1/links"))["links"] == []
        assert (await other.owner.call("DELETE", f"/v1/links/{given.id}")).status_code == 404
        assert (await running.http.delete(f"/v1/links/{given.id}")).status_code == 401
        assert (await given.home.hub.call("GET", "/v1/links")).status_code == 403
        assert (await given.told(running))["state"] == "open"


@in_a_loop
async def test_an_upload_that_broke_off_goes_on_and_is_no_link_before(database: str, tmp_path: Any) -> None:
    """R09: half a file opens for nobody; sending it all again changes nothing."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        owner, base = given.home.owner, f"/v1/links/{given.id}"
        wire = given.wire(running)
        await owner.json("PUT", base, json=wire)
        await owner.json("PUT", f"{base}/file", content=given.file[:1_000])
        assert (await owner.call("POST", f"{base}/done")).json()["code"] == "links.incomplete"
        assert (await running.http.get(f"{base}/about")).status_code == 404
        assert (await owner.json("PUT", base, json=wire))["received"] == 1_000
        await owner.json("PUT", f"{base}/file", params={"offset": 1_000}, content=given.file[1_000:])
        for _ in range(2):
            assert (await owner.json("POST", f"{base}/done"))["state"] == "open"
        assert (await given.open(running)).content == given.file


@in_a_loop
async def test_without_a_household_or_a_named_link_no_row_is_read(database: str, tmp_path: Any) -> None:
    """R05: row-level security holds for links, and an ended link is all that the clockwork sees."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        await given.put(running)
        assert await running.count("SELECT count(*) FROM link") == 0
        async with running.services.db.transaction() as tx:
            await store.see_over(tx, running.clock().date())
            cursor = await tx.execute("SELECT count(*) FROM link")
            assert await cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"until": "2020-01-01"}, "links.bad_end"),
        ({"until": "2099-01-01"}, "links.bad_end"),
        ({"about": b64.encode(b"in the clear")}, "links.not_sealed"),
        ({"own": "not base64!"}, "server.malformed"),
        ({"most": 0}, "server.malformed"),
        ({"length": rules.MAX_BYTES + 1}, "server.malformed"),
    ],
)
@in_a_loop
async def test_what_no_link_can_be_is_refused(
    database: str, tmp_path: Any, change: dict[str, Any], why: str
) -> None:
    """R09: an end too far, a part that is not sealed, no opening at all, more than a link may hold."""
    async with town(tmp_path, database) as running:
        given = Given(await make_household(running.http))
        answer = await given.home.owner.call(
            "PUT", f"/v1/links/{given.id}", json=given.wire(running) | change
        )
        assert (answer.status_code, answer.json()["code"]) == (400, why)


@given(st.binary(max_size=200), st.sampled_from(["clip", "support"]), st.dates())
def test_no_bytes_and_no_day_make_the_check_of_a_link_stumble(part: bytes, kind: str, until: Any) -> None:
    """R05: it takes a link or says why not."""
    today = until + timedelta(days=0)
    sealed = part.startswith(rules.AGE_FIRST_LINE)
    if sealed:
        rules.check_new(kind, until, (part,), today)
    else:
        with pytest.raises(Malformed):
            rules.check_new(kind, until, (part,), today)


@in_a_loop
async def test_the_hundredth_link_can_be_announced_again(database: str, tmp_path: Any) -> None:
    """A browser that got no answer repeats itself, and is told how far it is."""
    async with town(tmp_path, database) as running:
        home = await make_household(running.http)
        given = Given(home)
        wire = given.wire(running)
        for _ in range(rules.MAX_OPEN - 1):
            await home.owner.json("PUT", f"/v1/links/{new_id()}", json=wire)
        for _ in range(2):
            assert await home.owner.json("PUT", f"/v1/links/{given.id}", json=wire) == {"received": 0}
        late = await home.owner.call("PUT", f"/v1/links/{new_id()}", json=wire)
        assert (late.status_code, late.json()["code"]) == (429, "links.many")


@in_a_loop
async def test_links_take_of_the_households_space_until_they_are_over(database: str, tmp_path: Any) -> None:
    """What is given out lies at the server beside the clip itself: it is counted there."""
    async with town(tmp_path, database, quota_gib=400_000 / (1 << 30)) as running:
        home = await make_household(running.http)
        first, second = Given(home), Given(home)
        await first.put(running)
        said = await home.owner.json("GET", "/v1/vault/keeping")
        assert said["used_bytes"] > len(first.file)
        large = {**second.wire(running), "length": 399_000}
        full = await home.owner.call("PUT", f"/v1/links/{second.id}", json=large)
        assert (full.status_code, full.json()["code"]) == (507, "vault.quota_full")
        await home.owner.json("DELETE", f"/v1/links/{first.id}")
        assert (await home.owner.json("GET", "/v1/vault/keeping"))["used_bytes"] == 0
        assert (await home.owner.call("PUT", f"/v1/links/{second.id}", json=large)).status_code == 507
        assert (await home.owner.call("PUT", f"/v1/links/{second.id}", json=second.wire(running))).is_success
