"""Who calls: bearer tokens of sellers and members, and what each may reach."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.delivery.access import Caller
from assistant.delivery.directory import GroupRow
from assistant.web.errors import ApiError
from assistant.web.state import Server, server_of

bearer = HTTPBearer(
    auto_error=False,
    description="A token of `yidan token create`, or the member token that joining a group gave.",
)

GroupId = Annotated[str, Path(pattern=r"^[a-z0-9-]{3,40}$", description="The group's id.", examples=["tea"])]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


@dataclass(frozen=True, slots=True)
class SellerAccess:
    """A seller's caller, and the group where the route names one."""

    caller: Caller
    server: Server
    group: GroupRow | None = None


async def known_caller(server: Server, token: str | None, group_id: str | None = None) -> Caller:
    """Return whom the token speaks for; with ``group_id`` also whose that group is.

    Raises:
        ApiError: 401 without a valid token, 403 for a member who was removed.
    """
    if not token:
        raise ApiError(401, "this needs a token: send the header 'Authorization: Bearer yd_...'")
    caller = await server.access.look_up(token, group_id)
    if caller is None:
        raise ApiError(401, "this token is unknown, expired or revoked")
    if caller.removed:
        raise ApiError(403, "you were removed from this group")
    return caller


async def any_caller(request: Request, credentials: Credentials) -> Caller:
    """Return the caller of a route that members and sellers share."""
    return await known_caller(server_of(request), credentials.credentials if credentials else None)


async def seller(request: Request, credentials: Credentials) -> SellerAccess:
    """Let only sellers through."""
    caller = await any_caller(request, credentials)
    if caller.kind != "seller":
        raise ApiError(403, "this needs a seller's token")
    return SellerAccess(caller, server_of(request))


async def sellers_group(request: Request, group_id: GroupId, credentials: Credentials) -> SellerAccess:
    """Let only the group's seller through; another seller's group does not exist for the caller."""
    access = await seller(request, credentials)
    group = await access.server.directory.group(group_id, access.caller.seller_id)
    request.state.group_id = group_id
    return SellerAccess(access.caller, access.server, group)


async def participant(request: Request, group_id: GroupId, credentials: Credentials) -> Caller:
    """Let the group's members and its seller through."""
    token = credentials.credentials if credentials else None
    server = server_of(request)
    caller = await known_caller(server, token, group_id)
    if caller.kind == "member" and caller.group_id not in (None, group_id):
        await _tell_moved(server, caller, group_id)
    require_reach(caller, group_id)
    request.state.group_id = group_id
    return caller


async def _tell_moved(server: Server, caller: Caller, group_id: str) -> None:
    """Lead a member who asks for the group that was left to the one they were moved to with their token."""
    closing = await server.yidan.closing.moved_to(group_id)
    if closing and closing == caller.group_id:
        raise ApiError(409, f"this group has moved; go on with the same token in group '{closing}'", "moved")


def require_reach(caller: Caller, group_id: str) -> None:
    """Pass when the caller, who was looked up with this group, may take part in it.

    Raises:
        ApiError: 403 for a join token, 404 for a group that the caller has nothing to do with.
    """
    if caller.kind == "seller":
        if caller.asked_seller_id is None or caller.seller_id not in (None, caller.asked_seller_id):
            raise ApiError(404, f"no group '{group_id}'")
        return
    if caller.group_id != group_id:
        raise ApiError(404, f"no group '{group_id}'")
    if caller.kind == "applicant":
        raise ApiError(403, "your request to join waits for the seller; GET /api/joining tells how it stands")
    if caller.kind != "member":
        raise ApiError(403, "a join token only joins: POST /api/groups/{group_id}/join gives a member token")


AnyCaller = Annotated[Caller, Depends(any_caller)]
Participant = Annotated[Caller, Depends(participant)]
AsSeller = Annotated[SellerAccess, Depends(seller)]
OfGroup = Annotated[SellerAccess, Depends(sellers_group)]
