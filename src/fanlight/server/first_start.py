"""Read the setup document into an empty database: town, record, people. Once."""

import msgspec

from fanlight.model.ids import new_id
from fanlight.server import accounts, programme, setup
from fanlight.server.accounts.store import Account
from fanlight.server.counsel import store as counsel
from fanlight.server.moderators import store as moderators
from fanlight.server.neighbors import first as posts
from fanlight.server.neighbors.first import FirstPost
from fanlight.server.services import Services
from fanlight.store.database import Tx, value
from fanlight.wire import b64

_KINDS = {
    "officer": "officer",
    "supervisor": "officer",
    "custodian": "officer",
    "administrator": "officer",
    "operator": "operator",
    "clerk": "clerk",
    "counsel": "counsel",
    "moderator": "moderator",
}


async def load(services: Services) -> bool:
    """Load what `setup.prepare` left, unless a town is there; tell whether anything was loaded.

    Raises:
        BadSetup: the document cannot be used, or the ordinance refuses its agreement.
    """
    document = setup.load(services.home)
    if document.town is None:
        return False
    async with services.db.transaction() as tx:
        if await value(tx, "SELECT 1 FROM town") is not None:
            return False
        first = document.town.agencies[0].ori if document.town.agencies else ""
        day = services.clock().date()
        made = [(await _add_person(tx, person, first), person) for person in document.people]
        await programme.load_town(services.log, tx, document.town, day)
        await posts.load(tx, msgspec.convert(document.town.posts, list[FirstPost]))
        for account, person in made:
            if account and person.role == "counsel":
                named = {"name": person.name, "role": person.role, "made_by": "set-up"}
                await counsel.come(services.log, tx, account=account, day=day, **named)
            elif account and person.role == moderators.ROLE:
                at = {"name": person.name, "made_by": "set-up"}
                await moderators.come(services.log, tx, account=account, day=day, **at)
    return True


async def _add_person(tx: Tx, person: setup.Person, first_agency: str) -> str | None:
    kind = _KINDS.get(person.role)
    if kind is None:
        return None  # residents sign up by themselves
    account = Account(new_id(), kind, b64.decode(person.sign_pub), person.age_recipient)
    await accounts.add_account(tx, account)
    if kind == "officer":
        await accounts.add_person(tx, account.id, person.agency or first_agency, person.name, person.role)
    return account.id
