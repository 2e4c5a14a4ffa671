"""Errors of `/v2` as RFC 9457 problems, with the titles Camunda 8 gives them."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from engine.errors import InvalidInput, NotAllowed, NotFound, ProcessFault, Refused, Unavailable, ZhipingError


class Unauthorized(ZhipingError):
    """没有令牌，或令牌无效、已过期。请用 Authorization: Bearer 令牌，或以令牌为 HTTP Basic 的密码。"""


def not_found(key: str) -> NotFound:
    return NotFound(f"没有键为 {key} 的对象，或者您无权查看。")


class TimedOut(ZhipingError):
    """在给定的时间内没有等到结果，流程仍在继续。"""


#: the first kind that fits decides
_KINDS: tuple[tuple[type[ZhipingError], int, str], ...] = (
    (Unauthorized, 401, "UNAUTHORIZED"),
    (NotFound, 404, "NOT_FOUND"),
    (NotAllowed, 403, "FORBIDDEN"),
    (InvalidInput, 400, "INVALID_ARGUMENT"),
    (Refused, 409, "INVALID_STATE"),
    (Unavailable, 503, "RESOURCE_EXHAUSTED"),
    (TimedOut, 504, "DEADLINE_EXCEEDED"),
    (ProcessFault, 500, "INTERNAL"),
)


def problem(request: Request, status: int, title: str, detail: str) -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="zhiping"'} if status == 401 else {}
    if status == 503:
        headers["Retry-After"] = "2"
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail, "instance": request.url.path},
        status_code=status,
        media_type="application/problem+json",
        headers=headers,
    )


def _detail(error: ZhipingError) -> str:
    if isinstance(error, InvalidInput) and error.fields:
        found = "；".join(f"{path}: {'、'.join(sentences)}" for path, sentences in error.fields.items())
        return f"{error.message} {found}"
    return error.message


def answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ZhipingError)
    for kind, status, title in _KINDS:
        if isinstance(error, kind):
            return problem(request, status, title, _detail(error))
    return problem(request, 500, "INTERNAL", error.message)


def answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    titles = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 415: "UNSUPPORTED_MEDIA_TYPE"}
    sentences = {404: "没有这个资源。", 405: "这个资源不支持该方法。"}
    title = titles.get(error.status_code, "INVALID_ARGUMENT")
    return problem(request, error.status_code, title, sentences.get(error.status_code, str(error.detail)))


def answer_validation(request: Request, error: Exception) -> Response:
    return problem(request, 400, "INVALID_ARGUMENT", "请求体不是有效的 JSON，或与要求的形式不符。")


def install(api: FastAPI) -> None:
    api.add_exception_handler(ZhipingError, answer_error)
    api.add_exception_handler(HTTPException, answer_http)
    api.add_exception_handler(RequestValidationError, answer_validation)
