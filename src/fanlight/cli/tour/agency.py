"""The agency's side without a browser: makes the case key, asks, signs as second person, opens, exports.

The same calls as the agency app makes; the case key's secret never leaves this side unsealed.
"""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fanlight.cli.signed_in import SignedIn
from fanlight.cli.tour.report import fail
from fanlight.custody.package import EvidenceItem, open_item
from fanlight.hub.uplink import Refused
from fanlight.model.clock import to_text
from fanlight.seal import opening, sealing
from fanlight.seal.keys import Identity, identity_recipient
from fanlight.wire import b64, jcs


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What an officer fills in. `outline` is corners as [lon, lat]."""

    case_number: str
    offence: str
    purpose: str
    words: str
    outline: list[list[float]]
    start: datetime
    end: datetime


Files = list[dict[str, str]]


def case_files(people: list[dict[str, str]], asker: str, secret: str) -> tuple[Files, Files]:
    """Return a case key sealed to each who may open the case, and the recovery files of custodians' pairs.

    Args:
        people: of the agency, as the server lists them.
        asker: the account of who asks.
        secret: the case key's identity.

    Twin of makeCaseKey in web/apps/agency/lib/casekey.ts.
    """
    plain = secret.encode() + b"\n"
    copies = [
        {"reader": reader_of(one), "sealed": b64.encode(sealing.seal(plain, [one["age_recipient"]]))}
        for one in people
        if one["account"] == asker or one["role"] in {"supervisor", "custodian"}
    ]
    keepers = sorted((one for one in people if one["role"] == "custodian"), key=lambda one: one["account"])[
        :3
    ]
    pairs = list(itertools.combinations(keepers, 2))
    recovery = []
    for first, second in pairs:
        inner = sealing.seal(plain, [second["age_recipient"]])
        outer = sealing.seal(inner, [first["age_recipient"]])
        names = {"first": reader_of(first), "second": reader_of(second)}
        recovery.append({**names, "sealed": b64.encode(outer)})
    return copies, recovery


def reader_of(person: dict[str, str]) -> str:
    """Return how a sealed copy names the person that it is for."""
    return hashlib.sha256(person["age_recipient"].encode()).hexdigest()


def copies_digest(copies: Files, recovery: Files) -> str:
    """Return by what the signed request names its copies."""
    return hashlib.sha256(jcs.dumps({"copies": copies, "recovery": recovery})).hexdigest()


class Officer(SignedIn):
    """One person of an agency, signed in with their own key."""

    async def ask(self, ask: Ask, case_key: Identity) -> dict[str, Any]:
        """Submit a footage request under `case_key`; return the server's decision."""
        agency = (await self.uplink.call("GET", "/v1/agency")).json()
        copies, recovery = case_files(agency["people"], agency["me"]["account"], case_key.secret)
        fields: dict[str, Any] = {
            "case_number": ask.case_number,
            "offence": ask.offence,
            "purpose": ask.purpose,
            "words": ask.words,
            "outline": ask.outline,
            "start": to_text(ask.start),
            "end": to_text(ask.end),
            "emergency": False,
            "case_key": case_key.recipient,
            "copies_sha256": copies_digest(copies, recovery),
        }
        signature = self.keys.signing.sign("request", jcs.dumps(fields))
        wire = {
            **fields,
            "copies": copies,
            "recovery": recovery,
            "signature": b64.encode(signature),
        }
        answer: dict[str, Any] = (await self.uplink.call("POST", "/v1/agency/requests", json=wire)).json()
        return answer

    async def request(self, request: str) -> dict[str, Any]:
        """Return a request as the agency sees it."""
        answer: dict[str, Any] = (await self.uplink.call("GET", f"/v1/agency/requests/{request}")).json()
        return answer

    async def cosign(self, request: str) -> dict[str, Any]:
        """Sign as second person; return the decision."""
        signed = (await self.request(request))["signed"]
        signature = b64.encode(self.keys.signing.sign("cosign", signed.encode()))
        path = f"/v1/agency/requests/{request}/cosign"
        answer: dict[str, Any] = (await self.uplink.call("POST", path, json={"signature": signature})).json()
        return answer

    async def expect_refusal_to_cosign(self, request: str) -> None:
        """Try to sign one's own request; raises TourFailed if that is taken."""
        try:
            await self.cosign(request)
        except Refused as refusal:
            if refusal.server_code == "requests.same_person":
                return
            raise
        raise fail("The officer who asked could sign as second person too.")

    async def close(self, request: str) -> None:
        """Close a request; from then on nobody can answer it."""
        await self.uplink.call("POST", f"/v1/agency/requests/{request}/close")

    async def open_disclosures(self, request: str) -> list[EvidenceItem]:
        """Fetch, check and open what was disclosed under a request; raises SealError."""
        seen = await self.request(request)
        sealed = b64.decode(seen["case_key_sealed"])
        case_key = opening.open_age(sealed, [self.keys.age.secret]).decode().strip()
        found = []
        for row in seen["disclosures"]:
            path = f"/v1/agency/disclosures/{row['disclosure']}"
            item = open_item(
                hdr=(await self.uplink.call("GET", f"{path}/hdr")).content,
                pay=(await self.uplink.call("GET", f"{path}/pay")).content,
                manifest_age=b64.decode(row["manifest"]),
                identities=[case_key],
                case_recipient=identity_recipient(case_key),
            )
            found.append(item)
        return found

    async def export(self, disclosure: str, recipient: str, ground: str, return_by: str) -> dict[str, Any]:
        """Enter an export in the record; return what the evidence package needs."""
        fields = {"recipient": recipient, "ground": ground, "return_by": return_by}
        signature = self.keys.signing.sign("export", jcs.dumps({"disclosure": disclosure, **fields}))
        path = f"/v1/agency/disclosures/{disclosure}/exports"
        wire = {**fields, "signature": b64.encode(signature)}
        answer: dict[str, Any] = (await self.uplink.call("POST", path, json=wire)).json()
        return answer
