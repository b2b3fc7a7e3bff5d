"""Who calls: bearer tokens of sellers and members, and what each may reach."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request, WebSocket
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from assistant.accounts.permissions import Deed, may
from assistant.delivery.access import Caller
from assistant.delivery.directory import GroupRow
from assistant.web.errors import ApiError
from assistant.web.limits import RateLimit
from assistant.web.session import COOKIE
from assistant.web.state import Server, server_of

bearer = HTTPBearer(
    auto_error=False,
    description="A token of `yidan token create`, or the member token that joining a group gave.",
)

GroupId = Annotated[str, Path(pattern=r"^[a-z0-9-]{3,40}$", description="The group's id.", examples=["tea"])]
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])

CSRF_HEADER = "X-Yidan-CSRF"
SAFE = ("GET", "HEAD", "OPTIONS")

_DEEDS: dict[Callable[..., Any], Deed] = {}


def needs(deed: Deed) -> Callable[[Endpoint], Endpoint]:
    """Say which deed a route is for those who call it for a seller. A route that says nothing is closed to them."""

    def mark(endpoint: Endpoint) -> Endpoint:
        _DEEDS[endpoint] = deed
        return endpoint

    return mark


def deed_of(endpoint: Callable[..., Any] | None) -> Deed | None:
    """Return which deed a route is, if it says so."""
    return _DEEDS.get(endpoint) if endpoint is not None else None


@dataclass(frozen=True, slots=True)
class SellerAccess:
    """A seller's caller, and the group where the route names one."""

    caller: Caller
    server: Server
    group: GroupRow | None = None

    def may(self, deed: Deed) -> bool:
        """Tell whether the caller may also do this."""
        return may(self.caller.power, deed)

    def require(self, deed: Deed) -> None:
        """Pass when the caller may also do this, beside what the route is. Raises ApiError (403)."""
        _require(self.caller, deed)


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


def require_deed(connection: Request | WebSocket, caller: Caller) -> None:
    """Pass when the caller is no seller's, or their role allows what the route does.

    Raises:
        ApiError: 403 for a deed the role does not allow, or a route that does not say which deed it is.
    """
    if caller.kind != "seller":
        return
    _require(caller, deed_of(connection.scope.get("endpoint")))


def _require(caller: Caller, deed: Deed | None) -> None:
    if deed is None or not may(caller.power, deed):
        raise ApiError(403, f"your role ({caller.power}) does not allow this")


async def _caller(request: Request, credentials: Credentials, group_id: str | None = None) -> Caller:
    """Return who calls: by a bearer token, or signed in to the console."""
    server = server_of(request)
    token = request.cookies.get(COOKIE)
    if credentials is None and token:
        caller = await _signed_in(request, token, group_id)
    else:
        caller = await known_caller(server, credentials.credentials if credentials else None, group_id)
    require_deed(request, caller)
    return caller


async def _signed_in(request: Request, token: str, group_id: str | None) -> Caller:
    """Return the caller of a console session. What changes something must carry the session's secret.

    Raises:
        ApiError: 401 for a session that is over, 403 without the secret.
    """
    server = server_of(request)
    person = await server.sessions.person(token)
    if person is None:
        raise ApiError(401, "you are signed out; sign in again, or send a token")
    if request.method not in SAFE and not person.proves(request.headers.get(CSRF_HEADER, "")):
        raise ApiError(403, f"a request of a signed-in browser needs the header {CSRF_HEADER}")
    return Caller(
        token_id=0,
        kind="seller",
        label=person.actor,
        seller_id=person.seller_id,
        power=person.role,
        asked_seller_id=await server.access.seller_of(group_id) if group_id else None,
    )


async def any_caller(request: Request, credentials: Credentials) -> Caller:
    """Return the caller of a route that members and sellers share."""
    return await _caller(request, credentials)


async def seller(request: Request, credentials: Credentials) -> SellerAccess:
    """Let only sellers through."""
    caller = await _caller(request, credentials)
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
    server = server_of(request)
    caller = await _caller(request, credentials, group_id)
    if caller.kind == "member" and caller.group_id not in (None, group_id):
        await _tell_moved(server, caller, group_id)
    require_reach(caller, group_id)
    request.state.group_id = group_id
    return caller


async def _tell_moved(server: Server, caller: Caller, group_id: str) -> None:
    """Lead a member who asks for the group that was left to the one they were moved to with their token."""
    closing = await server.yidan.closing.moved_to(group_id)
    if closing and closing == caller.group_id:
        raise ApiError(
            409, f"this group has moved; go on with the same token in group '{closing}'", "moved", group=closing
        )


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


def limit(request: Request, rate: RateLimit) -> None:
    """Count a try from the request's address.

    Raises:
        ApiError: 429 where there were too many.
    """
    wait = rate.take(request.client.host if request.client else "")
    if wait:
        raise ApiError(429, f"too many tries; please wait {wait} seconds", retry_after=wait)


AnyCaller = Annotated[Caller, Depends(any_caller)]
Participant = Annotated[Caller, Depends(participant)]
AsSeller = Annotated[SellerAccess, Depends(seller)]
OfGroup = Annotated[SellerAccess, Depends(sellers_group)]
