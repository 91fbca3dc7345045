"""The front page: who is who in a demo, the first steps on an empty server, the doors of a town otherwise."""

from dataclasses import dataclass
from pathlib import Path

import jinja2
from litestar import MediaType, Response, get

from fanlight.server import setup
from fanlight.server.services import Parts

_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Card:
    """One invented person's card: where it leads and what one can do there.

    `door` is the role, with `-2` for the second person of it.
    """

    role: str
    name: str
    does: str
    door: str


_DOES = {
    "resident": "See what your door camera saw, read who asks for it, share a copy or decline.",
    "officer": "Draw an area, give your reason, and let the town's ordinance decide.",
    "supervisor": "Sign a request as the second person, or close it.",
    "administrator": "Change what an agency's people may do, or end it; each change is recorded.",
    "custodian": "Export a disclosed copy as evidence; each export is recorded.",
    "operator": "Keep the server running, without being able to see footage.",
    "moderator": "Decide on posts to neighbors, with a rule and a reason for each removal.",
    "counsel": "Decide on a warrant or an order that names a household, and sign it.",
    "clerk": "Sign what the board heard and voted, so that an agreement comes into force.",
}


@get("/", include_in_schema=False)
async def front(services: Parts) -> Response[str]:
    """Show the front page."""
    document = setup.load(services.home)
    cards = _cards(document.people)
    page = _PAGES.get_template("front.html.jinja").render(
        demo=services.demo and bool(cards),
        town=document.town,
        cards=cards,
        keyring=f"http://localhost:{services.port + 1}",
        log=services.log.state(),
        vkey=services.log.vkey,
    )
    return Response(page, media_type=MediaType.HTML, headers={"Cache-Control": "no-store"})


def _cards(people: list[setup.Person]) -> list[Card]:
    made: list[Card] = []
    for person in sorted(people, key=lambda person: list(_DOES).index(person.role)):
        nth = sum(card.role == person.role for card in made) + 1
        door = person.role if nth == 1 else f"{person.role}-{nth}"
        made.append(Card(person.role, person.name, _DOES[person.role], door))
    return made
