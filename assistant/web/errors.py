"""Every error as one JSON shape, in the language of the group where it is known.

``{"error": {"code": "not_found", "message": "..."}}``; under ``/v1`` with the two more fields of OpenAI's shape.
"""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.errors import Conflict, NotAllowed, NotFound, Unavailable, UsageError, YidanError
from assistant.web.state import server_of

log = logging.getLogger(__name__)

STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, UsageError: 422, Unavailable: 503}

CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    422: "invalid",
    429: "too_many_requests",
    503: "unavailable",
}

CHINESE = {
    400: "请求有误，请检查后再试。",
    401: "凭证无效或已过期，请重新加入本群。",
    403: "您没有权限这样做。",
    404: "没有找到。",
    409: "现在不能这样做：{message}",
    413: "内容太大，请压缩后再发。",
    422: "内容有误：{message}",
    429: "操作太频繁了，请稍等一会儿再试。",
    503: "消息已经收到，暂时处理不了，请稍后再试。",
    500: "出错了，我们已经记录下来，请稍后再试。",
}
"""What members of Chinese groups are told; English says what exactly is the matter."""

OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "server_error",
    503: "server_error",
}


class ApiError(YidanError):
    """An error with its HTTP status; ``code`` defaults to the status's own."""

    def __init__(self, status: int, message: str, code: str = "", *, retry_after: int = 0, **facts: str) -> None:
        super().__init__(message)
        self.status = status
        self.facts = facts
        """What a program needs to know beside the words."""
        self.code = code or CODES.get(status, "error")
        self.retry_after = retry_after
        """Seconds until it is worth trying again; 0 says nothing about it."""


def install(app: FastAPI) -> None:
    """Make the app answer every error in our shape."""

    @app.exception_handler(YidanError)
    async def ours(request: Request, error: YidanError) -> JSONResponse:
        if isinstance(error, ApiError):
            response = await _answer(request, error.status, str(error), error.code, error.facts)
            if error.retry_after:
                response.headers["Retry-After"] = str(error.retry_after)
            return response
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)
        return await _answer(request, status, str(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return await _answer(request, 422, _first_problem(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        message = "there is nothing at this address" if error.status_code == 404 else str(error.detail)
        response = await _answer(request, error.status_code, message)
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        return await _answer(request, 500, "something went wrong; it is noted in the server's log")


async def _answer(
    request: Request, status: int, message: str, code: str = "", facts: dict[str, str] | None = None
) -> JSONResponse:
    code = code or CODES.get(status, "error" if status < 500 else "internal")
    if await _language(request) == "zh-CN":
        message = CHINESE.get(status, "{message}").format(message=message)
    error: dict[str, Any] = {"code": code, "message": message, **(facts or {})}
    if request.url.path.startswith("/v1/"):
        status = 400 if status == 422 else status
        error |= {"type": OPENAI_TYPES.get(status, "invalid_request_error"), "param": None}
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else None
    return JSONResponse({"error": error}, status_code=status, headers=headers)


async def _language(request: Request) -> str:
    """Return the language of the group that the caller was let into; before that, what their browser asks for."""
    group_id = getattr(request.state, "group_id", None)
    if group_id is None:
        return "zh-CN" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
    server = server_of(request)
    if group_id not in server.languages:
        try:
            server.languages[group_id] = (await server.directory.group(group_id)).language
        except NotFound:
            return "en"
    return server.languages[group_id]


def _first_problem(error: RequestValidationError) -> str:
    problems = error.errors()
    if not problems:
        return "the request is not understood"
    first = problems[0]
    if tuple(first["loc"]) == ("body",) or first["type"] == "json_invalid":
        return "the body must be a JSON object, sent with 'Content-Type: application/json'"
    where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header"))
    what = str(first["msg"]).removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
