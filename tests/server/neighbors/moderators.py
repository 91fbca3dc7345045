"""The demo town's two moderators."""

from tests.server.acting import Actor, staff
from tests.server.running import Running


async def two_moderators(town: Running) -> tuple[Actor, Actor]:
    """Return both, signed in anew: the days went on."""
    await town.settled()  # they are moderators once the record says so
    first, second = staff(town.http, "moderator"), staff(town.http, "moderator-2")
    await first.json("GET", "/v1/moderation/queue")
    await second.json("GET", "/v1/moderation/queue")
    return first, second
