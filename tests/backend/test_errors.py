"""Each way a server can refuse or fail, and the error it becomes."""

from __future__ import annotations

import json
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from console.backend.errors import (
    BackendError,
    Conflict,
    Forbidden,
    InvalidRequest,
    Malformed,
    NotFound,
    RateLimited,
    ServerFault,
    TimedOut,
    Unauthenticated,
    Unreachable,
    Unsupported,
)
from console.model.ids import ExecutionId, new_id
from console.model.query import ExecutionQuery
from tests.backend.offices import QUICK, office
from tests.fakes.clock import START
from tests.fakes.loop import in_loop
from tests.fakes.operator import Answer, FakeOperator

JSON = {"content-type": "application/json"}


async def error_of(answer: Answer | BaseException, **fields: str) -> BackendError:
    """List executions on a server that answers this, and give the error."""
    async with office(workspace_id="w", **fields) as shop:
        shop.operator.answer(answer)
        with pytest.raises(BackendError) as caught:
            await shop.backend.list_executions(ExecutionQuery())
    return caught.value


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("canceled", ServerFault),
        ("unknown", ServerFault),
        ("invalid_argument", InvalidRequest),
        ("deadline_exceeded", TimedOut),
        ("not_found", NotFound),
        ("already_exists", Conflict),
        ("permission_denied", Forbidden),
        ("resource_exhausted", RateLimited),
        ("failed_precondition", Conflict),
        ("aborted", Conflict),
        ("out_of_range", InvalidRequest),
        ("unimplemented", Unsupported),
        ("internal", ServerFault),
        ("unavailable", ServerFault),
        ("data_loss", ServerFault),
        ("unauthenticated", Unauthenticated),
    ],
)
@pytest.mark.parametrize("status", [400, 404, 503])
@in_loop
async def test_the_code_in_the_body_wins_over_the_status(
    code: str, kind: type[BackendError], status: int
) -> None:
    error = await error_of(Answer.error(code, "in the server's words", status))
    assert type(error) is kind
    assert error.detail == "in the server's words"


@pytest.mark.parametrize(
    ("status", "kind", "detail"),
    [
        (400, InvalidRequest, "HTTP 400 Bad Request"),
        (401, Unauthenticated, "HTTP 401 Unauthorized"),
        (403, Forbidden, "HTTP 403 Forbidden"),
        (404, Unsupported, "HTTP 404 Not Found"),
        (408, TimedOut, "HTTP 408 Request Timeout"),
        (415, InvalidRequest, "HTTP 415 Unsupported Media Type"),
        (429, RateLimited, "HTTP 429 Too Many Requests"),
        (500, ServerFault, "HTTP 500 Internal Server Error"),
        (501, Unsupported, "HTTP 501 Not Implemented"),
        (502, ServerFault, "HTTP 502 Bad Gateway"),
        (503, ServerFault, "HTTP 503 Service Unavailable"),
        (504, TimedOut, "HTTP 504 Gateway Timeout"),
        (599, ServerFault, "HTTP 599"),
    ],
)
@pytest.mark.parametrize("body", [b"", b"[]", b'{"code": "no such code"}', b'{"code": ["x"]}'])
@in_loop
async def test_without_a_usable_body_the_status_decides(
    status: int, kind: type[BackendError], detail: str, body: bytes
) -> None:
    error = await error_of(Answer(status, body, JSON))
    assert type(error) is kind
    assert error.detail == detail


@pytest.mark.parametrize(
    ("answer", "detail"),
    [
        (Answer.html(), "answered HTML, HTTP 200"),
        (Answer(200, b"<html>", JSON), "answered HTML, HTTP 200"),
        (Answer(200, b"", JSON), "answered nothing, HTTP 200"),
        (Answer(204, b""), "answered nothing, HTTP 204"),
        (Answer(200, b"\x00\x01", {"content-type": "application/proto"}), "application/proto"),
        (Answer(200, b"SSH-2.0-OpenSSH\r\n"), "answered “SSH-2.0-OpenSSH”, HTTP 200"),
        (Answer(200, b"[]", JSON), "answered “[]”, HTTP 200"),
        (Answer(200, b"{", JSON), "answered “{”, HTTP 200"),
        (Answer.json({"executions": "none"}), "executions: Input should be a valid"),
        (Answer.json({"executions": [3, {}, None]}), "3 rows, none of which can be read"),
        (
            Answer(302, b"", {"location": "https://sso.test/login?ticket=s3cret"}),
            "answered a redirect to https://sso.test/login, HTTP 302",
        ),
    ],
)
@in_loop
async def test_what_makes_no_sense_is_told_as_it_was_seen(answer: Answer, detail: str) -> None:
    error = await error_of(answer)
    assert type(error) is Malformed
    assert detail in error.detail
    assert "workflow server" in error.advice


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("-1", 0.0),
        (format_datetime(START + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(START - timedelta(seconds=90), usegmt=True), 0.0),
        ("soon", None),
        ("inf", None),
        ("nan", None),
    ],
)
@in_loop
async def test_a_rate_limit_says_when_to_come_back(given: str, seconds: float | None) -> None:
    by_code = await error_of(Answer.error("resource_exhausted", "slowly", 429, retry_after=given))
    by_status = await error_of(Answer(429, b"slow down", {"retry-after": given}))
    for error in (by_code, by_status):
        assert type(error) is RateLimited
        assert error.retry_after == seconds
    busy = await error_of(Answer.error("unavailable", "restarting", 503, retry_after=given))
    assert busy.retry_after == seconds


@pytest.mark.parametrize("hours", [-5, 0, 5])
@in_loop
async def test_a_date_to_wait_for_is_one_of_the_servers_clock(hours: int) -> None:
    theirs = START + timedelta(hours=hours)
    until = format_datetime(theirs + timedelta(seconds=40), usegmt=True)
    headers = {"retry-after": until, "date": format_datetime(theirs, usegmt=True)}
    error = await error_of(Answer(429, b"slow down", headers))
    assert error.retry_after == 40


@in_loop
async def test_a_long_message_is_cut_and_on_one_line() -> None:
    error = await error_of(Answer.error("internal", "first\nsecond\r\n" + "x" * 9000))
    assert error.detail.startswith("first second xxx")
    assert len(error.detail) == 500


@in_loop
async def test_a_gateway_in_another_dialect_is_still_read() -> None:
    body = json.dumps({"code": 5, "message": "no such execution", "details": []}).encode()
    error = await error_of(Answer(404, body, JSON))
    assert (type(error), error.detail) == (NotFound, "no such execution")
    page = await error_of(Answer.html(503))
    assert page.detail == "HTTP 503 Service Unavailable, a web page"
    words = await error_of(Answer(403, b'{"message": "blocked by policy"}', JSON))
    assert (type(words), words.detail) == (Forbidden, "HTTP 403 Forbidden: blocked by policy")


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout(""), Unreachable),
        (httpx.ReadTimeout(""), TimedOut),
        (httpx.WriteTimeout(""), TimedOut),
        (httpx.PoolTimeout(""), TimedOut),
        (httpx.ReadError(""), Unreachable),
        (httpx.WriteError(""), Unreachable),
        (httpx.RemoteProtocolError("Server disconnected without sending a response."), Unreachable),
        (httpx.RemoteProtocolError("illegal status line: bytearray(b'SSH')"), Malformed),
        (httpx.ProxyError("403 Forbidden"), Unreachable),
        (httpx.DecodingError("not gzip"), Malformed),
        (httpx.TooManyRedirects(""), Unreachable),
        (httpx.UnsupportedProtocol(""), Unreachable),
        (ConnectionResetError(), Unreachable),
    ],
)
@in_loop
async def test_a_connection_that_fails_is_told_in_words(
    raised: Exception, kind: type[BackendError]
) -> None:
    error = await error_of(raised)
    assert type(error) is kind
    assert "operator.test" in error.detail or kind is Malformed


@in_loop
async def test_an_answer_that_never_comes_times_out() -> None:
    async with office(workspace_id="w", timeouts=QUICK) as shop:
        shop.operator.hang("ListWorkflowExecutions")
        with pytest.raises(TimedOut) as caught:
            await shop.backend.list_executions(ExecutionQuery())
    assert caught.value.detail == "operator.test took the request and did not answer"


@pytest.mark.parametrize(
    "url", ["", "operator.test", "htp://operator.test", "http://", "http://[::"]
)
@in_loop
async def test_an_address_that_is_none_is_unreachable_and_not_a_bug(url: str) -> None:
    async with office(url=url) as shop:
        with pytest.raises(Unreachable):
            await shop.backend.capabilities()
        assert shop.operator.requests == []


@in_loop
async def test_a_token_is_never_shown() -> None:
    token = "wfc-s3cr3t-token"
    error = await error_of(Answer.error("unauthenticated", f"bad token {token}"), token=token)
    assert token not in str(error) + repr(error) + error.detail
    assert error.detail == "bad token (token)"
    async with office(workspace_id="w", token=token) as shop:
        shop.operator.answer(Answer.error("internal", f"with {token}"), method="Start")
        with pytest.raises(BackendError) as caught:
            await shop.backend.start("order-processing", invoker=None, argument=None)
    seen: BaseException | None = caught.value
    while seen is not None:
        assert token not in str(seen) + repr(seen)
        seen = seen.__cause__


@pytest.mark.parametrize("token", ["two\nlines", "schlüssel", "nul\0"])
@in_loop
async def test_a_token_no_header_can_carry_is_not_sent(token: str) -> None:
    async with office(token=token) as shop:
        with pytest.raises(Unauthenticated) as caught:
            await shop.backend.capabilities()
        assert shop.operator.requests == []
    assert token not in str(caught.value)


@in_loop
async def test_after_closing_every_call_says_so() -> None:
    async with office() as shop:
        await shop.backend.list_executions(ExecutionQuery())
        await shop.backend.aclose()
        with pytest.raises(Unreachable):
            await shop.backend.list_executions(ExecutionQuery())


@in_loop
async def test_a_server_that_gives_empty_answers_has_nothing_there() -> None:
    operator = FakeOperator()
    for method in ("GetWorkflowByName", "GetWorkflowExecution", "GetFunctionExecution"):
        operator.answer(Answer.json({}), method=method)
    async with office(operator) as shop:
        with pytest.raises(NotFound):
            await shop.backend.get_workflow("order-processing")
        with pytest.raises(NotFound):
            await shop.backend.get_execution(ExecutionId(new_id()))
