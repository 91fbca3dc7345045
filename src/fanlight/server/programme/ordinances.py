"""The ordinances of the town, parsed once."""

from functools import lru_cache

from fanlight.policy import Pack, load_pack
from fanlight.server.errors import NotFound
from fanlight.server.programme import store
from fanlight.store.database import Tx


async def pack(tx: Tx, sha256: str) -> Pack:
    """Return a pack; raises NotFound."""
    body = await store.pack(tx, sha256)
    if body is None:
        raise NotFound("There is no such ordinance.", do="Look at the town's list.", code="programme.no_pack")
    return _parsed(body)


@lru_cache(maxsize=16)
def _parsed(body: bytes) -> Pack:
    return load_pack(body)
