"""The rows that moderators look through: what waits, and what hangs together."""

from collections.abc import Sequence

from fanlight.server.neighbors.store import COMMENT, POST, CommentRow, PostRow
from fanlight.store.database import Tx, many, value


async def waiting(tx: Tx, most: int) -> tuple[list[PostRow], list[CommentRow]]:
    """Return the posts and comments that wait, oldest first."""
    return (
        await many(tx, PostRow, POST + " WHERE state = 'waiting' ORDER BY since, id LIMIT %s", [most]),
        await many(tx, CommentRow, COMMENT + " WHERE state = 'waiting' ORDER BY since, id LIMIT %s", [most]),
    )


async def comments_by_id(tx: Tx, ids: Sequence[str]) -> dict[str, CommentRow]:
    """Return comments by id."""
    return {row.id: row for row in await many(tx, CommentRow, COMMENT + " WHERE id = ANY (%s)", [list(ids)])}


async def is_joined_into(tx: Tx, post_id: str) -> bool:
    """Tell whether others were joined into a post."""
    return bool(await value(tx, "SELECT count(*) FROM post WHERE about = %s", [post_id]))


async def forget_removed_pictures(tx: Tx, post_id: str) -> None:
    """Let a post's pictures in again, because its removal was wrong."""
    await tx.execute(
        "DELETE FROM media_removed WHERE alike IN (SELECT alike FROM post_media WHERE post = %s)", [post_id]
    )
