"""Whoever takes the whole server away opens nothing with what is in it.

Every 32 bytes that a served household's server holds in rows and small files are tried: as a seed of a person
or a sheet, as an age identity, as a file key and as what wraps a seed. True secrets, planted, must be found.
What the running process holds in memory is searched by `tests/blind`.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from tests.seal.wrapping import unwrap_seed, wrap_seed
from tests.server.acting import CELL
from tests.server.booking import Person, sign_up
from tests.server.running import Running, running
from tests.server.test_access import answer, table
from tests.server.test_wishes import sealed_wish, send
from tests.server.visitors import World, everybody

from fanlight.seal import bech32, keys
from fanlight.seal.age_format import hkdf
from fanlight.seal.sheet import Sheet
from fanlight.wire import b64, jcs

_SPELLED = re.compile(rb"[A-Za-z0-9+/_-]{43,44}={0,1}")
_HEX = re.compile(rb"[0-9a-f]{64}")
_BARE = re.compile(rb"AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]+")
_RECIPIENT = re.compile(rb"age1pq1[02-9ac-hj-np-z]{1952}")
_MAC = re.compile(rb"\Aage-encryption\.org/v1\n.*?\n---(?= )", re.DOTALL)
_SHORT, _SMALL = (
    200,
    64 * 1024,
)  # longer values are ciphertext, larger files payloads: no key stands in them whole
_ENDS = ("DELETE", "leave", "sessions", "account", "recovery", "dropped", "epochs")


def rows(database: str) -> Iterator[bytes]:
    """Return every value of every table, as the database's owner sees it."""
    with psycopg.connect(database) as owner:
        tables = owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in tables:
            for row in owner.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))):
                for value in row:
                    yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def files(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.stat().st_size <= _SMALL:
            yield path.read_bytes()


def decoded(text: bytes) -> list[bytes]:
    plain = text.strip().replace(b"-", b"+").replace(b"_", b"/").rstrip(b"=")
    try:
        return [base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)]
    except binascii.Error:
        return []


def candidates(values: Iterable[bytes]) -> set[bytes]:
    """Return every 32 bytes that could be a key: windows of short values, what is spelled in longer ones."""
    found: set[bytes] = set()
    for value in values:
        for raw in (value, *decoded(value)):
            if len(raw) <= _SHORT:
                found.update(raw[at : at + 32] for at in range(len(raw) - 31))
        for text in _SPELLED.findall(value):
            found.update(raw for raw in decoded(text) if len(raw) == 32)
        found.update(bytes.fromhex(text.decode()) for text in _HEX.findall(value))
        found.update(keys.identity_bytes(text.decode())[1] for text in _BARE.findall(value))
    return found


@dataclass
class Opened:
    """What secrets open: public halves whose secret one is, headers whose key one is, seeds unwrapped."""

    recipients: set[bytes]
    headers: int
    seeds: set[bytes]


def halves(values: Iterable[bytes]) -> set[bytes]:
    """Return the public halves (raw) to which anything of a household is sealed."""
    return {bech32.decode(text.decode())[1] for value in values for text in _RECIPIENT.findall(value)}


def identities(secret: bytes) -> Iterator[bytes]:
    """Return the 32 bytes of each identity that a secret gives in the ways in which Fanlight makes keys."""
    yield secret
    for info in (b"fanlight/member/age/v1", b"fanlight/sheet/age/v1"):
        yield hkdf(secret, salt=b"", info=info)


def opened_with(
    found: set[bytes], known: set[bytes], sealed: list[bytes], wrapped: dict[str, bytes]
) -> Opened:
    """Try all secrets on all that is sealed."""
    opened = Opened(set(), 0, set())
    macs = [(_MAC.match(one), one) for one in sealed]
    headers = [
        (match[0], decoded(one[match.end() + 1 : match.end() + 44])[0]) for match, one in macs if match
    ]
    for secret in found:
        for identity in identities(secret):
            lattice, curve = keys.hybrid_parts(identity)
            public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
            if public in known:
                opened.recipients.add(public)
        for key in (secret[:16], secret[16:]):
            mac_key = hkdf(key, salt=b"", info=b"header")
            opened.headers += sum(hmac.digest(mac_key, header, "sha256") == mac for header, mac in headers)
        for account, one in wrapped.items():
            seed = unwrap_seed(secret, account, one)
            if seed is not None:
                opened.seeds.add(seed)
    return opened


async def wrap(person: Person, prf: bytes) -> bytes:
    """Leave a person's seed at the server as their browser does, under what the passkey alone gives."""
    wrapped = wrap_seed(prf, person.account, person.seed)
    (listed,) = (await person.json("GET", "/v1/passkeys"))["passkeys"]
    digest = hashlib.sha256(wrapped).hexdigest()
    word = {"account": person.account, "credential": listed["credential"], "wrapped_sha256": digest}
    signature = b64.encode(person.keys.signing.sign("passkey", jcs.dumps(word)))
    body = {"wrapped": b64.encode(wrapped), "signature": signature}
    await person.json("PUT", f"/v1/passkeys/{listed['passkey']}/wrapped", json=body)
    return wrapped


async def live(world: World) -> int:
    """Have everybody do all that they may and that ends nothing; return how many calls were taken."""
    taken = 0
    for route, said in table().items():
        if route.startswith("WS ") or any(part in route for part in _ENDS):
            continue
        for role, may in said.items():
            if may == "yes":
                found, _ = await answer(world, route, role)
                taken += found.is_success
    return taken


@pytest.mark.timeout(600)  # every call that may be made is made first
def test_a_dump_of_the_whole_server_opens_nothing(database: str, tmp_path: Path) -> None:
    """R03 R05: clips, invites, passkeys, links, tickets, wishes: no value that is kept opens any of them."""

    async def body(town: Running) -> None:
        world = await everybody(town)
        prf = secrets.token_bytes(32)
        person = await sign_up(town.http)
        wrapped = {person.account: await wrap(person, prf)}
        wish = await send(town, await sealed_wish(town))
        assert wish.is_success, wish.text
        assert await live(world) > 100
        await world.clip()
        dumped = [*rows(database), *files(town.home)]
        with psycopg.connect(database) as looking:
            for name in ("clip", "invite", "passkey", "link", "push_behest", "wish", "epoch", "hub_status"):
                full = looking.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(name)))
                assert full.fetchone(), name
        known = halves(value for value in dumped if b'"recipient"' in value or _RECIPIENT.fullmatch(value))
        sealed = [value for value in dumped if value.startswith(b"age-encryption.org/v1\n")]
        assert len(known) > 5
        assert len(sealed) > 3
        found = candidates(dumped)
        assert len(found) > 500
        nothing = opened_with(found, known, sealed, wrapped)
        # The area's key is the server's own: wishes are for whoever founds a home there, as threats.md says.
        area = (await town.json(f"/v1/cells/{CELL}/recipient"))["recipient"]
        assert nothing.recipients <= {bech32.decode(area)[1]}
        assert (nothing.headers, nothing.seeds) == (0, set())

        owner: Person = world.people["owner"]  # type: ignore[assignment] # everybody at home has a passkey
        sheet = Sheet(secrets.token_bytes(32))
        planted = [
            b"x" * 9 + owner.seed + b"y",
            owner.keys.age.secret.encode(),
            prf.hex().encode(),
            sheet.seed,
        ]
        known.add(bech32.decode(sheet.age.recipient)[1])
        control = opened_with(candidates(planted), known, sealed, wrapped)
        assert control.recipients == {
            bech32.decode(one)[1] for one in (owner.keys.age.recipient, sheet.age.recipient)
        }
        assert control.seeds == {person.seed}

    async def run() -> None:
        async with running(tmp_path, database) as town:
            await body(town)

    asyncio.run(run())
