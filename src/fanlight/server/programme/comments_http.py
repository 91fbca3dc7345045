"""Routes: read and add comments, without an account; remove one by a rule."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta

from fanlight.model.ids import is_id
from fanlight.server.accounts import Caller
from fanlight.server.errors import NotFound
from fanlight.server.programme import comments
from fanlight.server.programme import papers as forms
from fanlight.server.programme.comments import RULES, Said
from fanlight.server.services import Parts

AnyRequest = Request[Any, Any, Any]
PAGE = 100
_WHAT = "comments"


class CommentIn(forms.Form, frozen=True):
    """A comment; `work` is a nonce, as docs/spec/register.md has it."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    words: Annotated[str, Meta(min_length=1, max_length=8_000)]
    work: Annotated[str, Meta(max_length=64)] = ""


class RuleIn(forms.Form, frozen=True):
    """By which rule."""

    rule: Annotated[str, Meta(max_length=64)]


@get("/v1/register/agreements/{agreement:str}/comments", operation_id="listComments")
async def list_comments(
    agreement: FromPath[str], request: AnyRequest, services: Parts, after: FromQuery[str] = ""
) -> Response[dict[str, Any]]:
    """Return comments, 100 at most; of a removed one the rule. `work`: what the caller's next one needs."""
    async with services.db.transaction() as tx:
        found = await comments.page(tx, _id(agreement), after if is_id(after) else "", PAGE + 1)
    shown = [
        {
            "comment": row.id,
            "day": row.day.isoformat(),
            **({"name": row.name, "words": row.words} if row.removed is None else {"removed": row.removed}),
        }
        for row in found[:PAGE]
    ]
    work = comments.bits_needed(services.spent(request, _WHAT))
    answer = {"comments": shown, "more": len(found) > PAGE, "work": work}
    return Response(answer, headers={"Cache-Control": "no-store"})


@post("/v1/register/agreements/{agreement:str}/comments", operation_id="addComment")
async def add_comment(
    agreement: FromPath[str], data: JSONBody[CommentIn], request: AnyRequest, services: Parts
) -> dict[str, str]:
    """Say something of an agreement, without an account."""
    said = Said(agreement=_id(agreement), name=data.name, words=data.words, work=data.work)
    comments.check_work(said, comments.bits_needed(services.spent(request, _WHAT)))
    async with services.db.transaction() as tx:
        made = await comments.say(services.log, tx, said, services.clock().date())
    services.count(request, _WHAT)
    return {"comment": made}


@get("/v1/register/rules", operation_id="listCommentRules")
async def list_rules() -> dict[str, Any]:
    """Return the rules by which a comment may be removed."""
    return {"rules": [{"rule": rule, "says": says} for rule, says in RULES.items()]}


@post("/v1/register/comments/{comment:str}/remove", operation_id="removeComment", status_code=204)
async def remove_comment(
    comment: FromPath[str], data: JSONBody[RuleIn], services: Parts, session: Caller
) -> None:
    """Remove a comment by a rule; the removal is an entry."""
    session.of_kind("operator")
    async with services.db.transaction() as tx:
        wanted = comment if is_id(comment) else ""
        await comments.remove(services.log, tx, wanted, data.rule, services.clock().date())


def _id(agreement: str) -> str:
    if not is_id(agreement):
        raise NotFound("There is no such agreement.", do="Load the register.", code="register.no_agreement")
    return agreement


router = Router(
    path="/", tags=["register"], route_handlers=[list_comments, add_comment, list_rules, remove_comment]
)
