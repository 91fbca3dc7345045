"""Routes: everybody reads operations, an agency enters its own, a home says itself whether it takes part."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, JSONBody

from fanlight.server import operations
from fanlight.server.accounts import Caller
from fanlight.server.operations import Acting
from fanlight.server.services import Parts
from fanlight.wire.operations import (
    Code,
    Count,
    Day,
    Hash,
    Id,
    Line,
    Operation,
    OperationKind,
    OperationOff,
    OperationOutcome,
    Words,
    hash_of,
)

AnyRequest = Request[Any, Any, Any]
_PER_HOUR = 60


class OperationIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A plan: the fields of its entry (wire.operations.Operation). `operation`: an id made by the sender."""

    operation: Id
    kind: OperationKind
    place: Line
    plan: Words
    starts: Day
    ends: Day


class OutcomeIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What came of an operation."""

    arrests: Count
    cited: Count
    stopped: Count
    recovered: Count
    words: Words


class OffIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Why an operation does not take place."""

    reason: Words


class HomeIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A home takes part: the hash of its code."""

    code_hash: Hash


class LeaveIn(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A home takes part no more: its code itself, which shows that it is the one."""

    code: Code


@get("/v1/operations", operation_id="listOperations")
async def list_operations(services: Parts) -> Response[dict[str, Any]]:
    """Return every operation with how many homes take part and what came of it."""
    async with services.db.transaction() as tx:
        found = {"operations": await operations.all_of(tx)}
    return Response(found, headers={"Cache-Control": "no-cache"})


@post("/v1/operations", operation_id="planOperation", status_code=201)
async def plan_operation(data: JSONBody[OperationIn], services: Parts, session: Caller) -> dict[str, str]:
    """Enter the plan of an operation, a day before it begins at least."""
    now, agency = services.clock(), session.managing().agency
    said = Operation(
        **msgspec.structs.asdict(data), day=now.date().isoformat(), agency=agency, agreement=data.operation
    )
    async with services.db.transaction() as tx:
        await operations.plan(Acting(tx, services.log, now), said)
    return {"operation": data.operation}


@post("/v1/operations/{operation:str}/outcome", operation_id="enterOutcome", status_code=200)
async def enter_outcome(
    operation: FromPath[str], data: JSONBody[OutcomeIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Enter what came of an operation."""
    now, agency = services.clock(), session.managing().agency
    said = OperationOutcome(**msgspec.structs.asdict(data), operation=operation, day=now.date().isoformat())
    async with services.db.transaction() as tx:
        await operations.say(Acting(tx, services.log, now), said, agency)
    return {"operation": operation}


@post("/v1/operations/{operation:str}/off", operation_id="callOperationOff", status_code=200)
async def call_operation_off(
    operation: FromPath[str], data: JSONBody[OffIn], services: Parts, session: Caller
) -> dict[str, str]:
    """Enter that an operation does not take place."""
    now, agency = services.clock(), session.managing().agency
    said = OperationOff(operation=operation, day=now.date().isoformat(), reason=data.reason)
    async with services.db.transaction() as tx:
        await operations.call_off(Acting(tx, services.log, now), said, agency)
    return {"operation": operation}


@post("/v1/operations/{operation:str}/homes", operation_id="joinOperation", status_code=202)
async def join_operation(
    operation: FromPath[str],
    data: JSONBody[HomeIn],
    request: AnyRequest,
    services: Parts,
    session: Caller,
) -> dict[str, str]:
    """Note that the caller's home takes part; it is entered once the day is over. Who called is not kept."""
    session.owning()
    services.spend(request, "operations", _PER_HOUR)
    async with services.db.transaction() as tx:
        await operations.join(Acting(tx, services.log, services.clock()), operation, data.code_hash)
    return {"operation": operation}


@post("/v1/operations/{operation:str}/homes/leave", operation_id="leaveOperation", status_code=202)
async def leave_operation(
    operation: FromPath[str], data: JSONBody[LeaveIn], request: AnyRequest, services: Parts
) -> dict[str, str]:
    """Note that the home with this code takes part no more; no account is needed."""
    services.spend(request, "operations", _PER_HOUR)
    async with services.db.transaction() as tx:
        await operations.leave(
            Acting(tx, services.log, services.clock()), operation, hash_of(operation, data.code)
        )
    return {"operation": operation}


router = Router(
    path="/",
    tags=["operations"],
    route_handlers=[
        list_operations,
        plan_operation,
        enter_outcome,
        call_operation_off,
        join_operation,
        leave_operation,
    ],
)
