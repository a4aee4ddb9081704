"""The contract of Lambda's Runtime API, a case for each line of it."""

import base64
import contextlib
import datetime
import itertools
import json
import os
import re
import signal
import socket
import time

import pytest

from harness.processes import free_port, wait_until
from harness.runtime_api import FUNCTION_ARN, TRACE_ID, event_reply
from harness.wire import CLOSE, RESET, Pause, drip, reply

EXTENSION = "/2020-01-01/extension/"
FAIL, EXACT, LARGE, WAIT = b'"fail"', b'"exact"', b'"large"', b'"wait"'
STREAM, BREAK, FLOOD = b'"stream"', b'"break"', b'"flood"'
LONG, SILENT = b'"long"', b'"silent"'
EVENTS = [b"{}", FAIL, STREAM, BREAK]
RESPONSE_MAX = 6291556
ID = "Lambda-Runtime-Aws-Request-Id"
TRAILERS = ["Lambda-Runtime-Function-Error-Type", "Lambda-Runtime-Function-Error-Body"]


def assert_serves(mirror):
    """The loop is alive, and nothing was posted for anything else."""
    assert mirror.invoke(request_id="after-that").answer["request_id"] == "after-that"


# --- requests ---


def test_request_next(mirror, api):
    assert_serves(mirror)
    get = api.gets[0]
    assert (get.target, get.body) == ("/2018-06-01/runtime/invocation/next", b"")
    assert get.header("Host") == api.address
    assert not {"content-length", "transfer-encoding", "expect"} & set(get.header_names)


@pytest.mark.parametrize(("event", "verb"), [(b"{}", "response"), (FAIL, "error")])
def test_request_post(mirror, event, verb):
    outcome = mirror.invoke(event, request_id="id-1")
    post = outcome.request
    assert post.target == f"/2018-06-01/runtime/invocation/id-1/{verb}"
    assert post.header("Content-Type") == "application/json"
    assert int(post.header("Content-Length")) == len(post.body)
    agent = post.header("User-Agent")
    assert agent.startswith("lambda-c-runtime/") and " " not in agent and len(agent) <= 128
    unwanted = {"expect", "transfer-encoding", "lambda-runtime-function-response-mode"}
    assert not unwanted & set(post.header_names)


def test_request_error_body_and_headers(mirror):
    outcome = mirror.invoke(FAIL)
    assert outcome.error_type == "Function.Asked"
    assert outcome.error_message == 'It was asked to fail: caf\u00e9 "\x7f".'
    header = outcome.request.header("Lambda-Runtime-Function-XRay-Error-Cause")
    assert "\x7f" not in header
    cause = json.loads(header.encode("latin-1"))
    assert set(cause) == {"working_directory", "exceptions", "paths"}
    (exception,) = cause["exceptions"]
    assert (exception["type"], exception["stack"]) == ("Function.Asked", [])


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (FAIL, "Function.Asked"),
        (SILENT, "Function.Unknown"),
        (LARGE, "Runtime.ResponseTooLarge"),
        (b"x" * (8 * 2**20 + 1), "Runtime.EventTooLarge"),
    ],
    ids=["handler", "silent handler", "response", "event"],
)
def test_request_error_type_is_one_that_lambda_takes(mirror, event, kind):
    posted = mirror.invoke(event).error_type
    assert posted == kind and re.fullmatch(r"(Runtime|Function)\.[A-Z][a-zA-Z]+", posted)


def test_request_error_of_the_greatest_length(mirror):
    outcome = mirror.invoke(LONG)
    assert outcome.error_message == "\x01" * 2047
    assert len(outcome.request.body) <= 2**20
    header = outcome.request.header("Lambda-Runtime-Function-XRay-Error-Cause")
    assert json.loads(header)["exceptions"][0]["message"] == "\x01" * 2047
    assert len(header) <= 64 * 1024


@pytest.mark.parametrize("event", [STREAM, BREAK])
def test_request_stream(mirror, event):
    post = mirror.invoke(event, request_id="id-1").request
    assert post.target == "/2018-06-01/runtime/invocation/id-1/response"
    assert post.header("Content-Type") == "application/octet-stream"
    assert post.header("Lambda-Runtime-Function-Response-Mode") == "streaming"
    assert [value for name, value in post.headers if name == "Trailer"] == TRAILERS
    assert not {"content-length", "expect"} & set(post.header_names)
    assert post.chunks[0][0] == b"piece, "


def test_request_stream_that_ends_well(mirror):
    post = mirror.invoke(STREAM).request
    assert (post.body, post.trailers) == (b"piece, rest", ())


def test_request_stream_that_breaks(mirror):
    post = mirror.invoke(BREAK).request
    assert (post.body, [name for name, _ in post.trailers]) == (b"piece, ", TRAILERS)
    kind, body = (value for _, value in post.trailers)
    error = json.loads(base64.b64decode(body, validate=True))
    assert kind == error["errorType"] == "Function.Asked"
    assert error["errorMessage"] == "It was asked to break: caf\u00e9."


def test_request_init_error(start):
    mirror = start(INIT_FAILS="1")
    outcome = mirror.outcome()
    assert (outcome.verb, outcome.error_type) == ("init/error", "Function.InitBroken")
    assert_is_of_the_process(outcome.request)
    assert mirror.wait() == 1


def assert_is_of_the_process(post):
    """An error that belongs to no invocation."""
    assert post.header("Content-Type") == "application/json"
    names = ["Lambda-Runtime-Function-XRay-Error-Cause", "Lambda-Runtime-Invocation-Id"]
    assert not {name.lower() for name in names} & set(post.header_names)


def test_request_no_extension_without_a_shutdown_hook(mirror, api):
    assert_serves(mirror)
    assert not any(each.target.startswith(EXTENSION) for each in api.requests)


def test_request_extension_only_with_a_shutdown_hook(start, api):
    mirror = start(SHUTDOWN="1")
    assert_serves(mirror)
    wait_until(lambda: any(each.target == EXTENSION + "event/next" for each in api.requests))
    register, waits = (each for each in api.requests if each.target.startswith(EXTENSION))
    assert register is api.requests[0]
    assert register.target == EXTENSION + "register"
    assert register.header("Lambda-Extension-Name") == "lambda-c-runtime"
    assert json.loads(register.body) == {"events": []}
    assert waits.header("Lambda-Extension-Identifier") == "extension-1"


SNAPSTART = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}


def test_request_restore(start, api):
    mirror = start(**SNAPSTART)
    assert_serves(mirror)
    targets = [get.target for get in api.gets]
    assert targets[:2] == [f"/2018-06-01/runtime/{path}/next" for path in ("restore", "invocation")]
    assert api.connections == 2  # none outlives a snapshot


def test_request_restore_has_all_the_time(start, api):
    """It may be answered long after the snapshot, in which the process does not see time pass."""
    api.restore_reply = [Pause(2)] + reply(200, b"{}")
    mirror = start(**SNAPSTART)
    wait_until(lambda: api.gets, what="the /restore/next")
    os.kill(mirror.pid, signal.SIGSTOP)
    time.sleep(1)
    os.kill(mirror.pid, signal.SIGCONT)
    assert_serves(mirror)
    targets = [get.target for get in api.gets]
    assert targets.count("/2018-06-01/runtime/restore/next") == 1


def test_request_restore_after_the_extension(start, api):
    assert_serves(start(**SNAPSTART, SHUTDOWN="1"))
    wait_until(lambda: any(each.target == EXTENSION + "event/next" for each in api.requests))
    paths = [request.target.partition("/")[2].partition("/")[2] for request in api.requests]
    paths.remove("extension/event/next")  # on a connection of its own, which may be heard later
    assert paths[:3] == ["extension/register", "runtime/restore/next", "runtime/invocation/next"]


@pytest.mark.parametrize(
    "kind", ["on-demand", "provisioned-concurrency", "lambda-managed-instances", ""]
)
def test_request_restore_only_with_snapstart(start, api, kind):
    assert_serves(start(AWS_LAMBDA_INITIALIZATION_TYPE=kind))
    assert api.gets[0].target == "/2018-06-01/runtime/invocation/next"


def test_request_restore_error(start, api):
    mirror = start(**SNAPSTART, AFTER_FAILS="1")
    outcome = mirror.outcome()
    assert (outcome.verb, outcome.error_type) == ("restore/error", "Runtime.AfterRestoreError")
    assert_is_of_the_process(outcome.request)
    assert mirror.wait() == 1
    assert len(api.gets) == 1


def test_request_init_error_before_the_snapshot(start, api):
    mirror = start(**SNAPSTART, BEFORE_FAILS="1")
    outcome = mirror.outcome()
    assert (outcome.verb, outcome.error_type) == ("init/error", "Runtime.BeforeSnapshotError")
    assert mirror.wait() == 1
    assert len(api.gets) == 0


# --- headers of an event ---

HEADERS = {
    ID: "request_id",
    "Lambda-Runtime-Invocation-Id": "invocation_id",
    "Lambda-Runtime-Invoked-Function-Arn": "function_arn",
    "Lambda-Runtime-Aws-Tenant-Id": "tenant_id",
    "Lambda-Runtime-Trace-Id": "trace_id",
    "Lambda-Runtime-Client-Context": "client_context",
    "Lambda-Runtime-Cognito-Identity": "cognito_identity",
    "Content-Type": "content_type",
}
OPTIONAL = [name for name in HEADERS if name != ID]


@pytest.mark.parametrize("name", HEADERS)
def test_header_reaches_the_handler(mirror, name):
    outcome = mirror.invoke(without=[name], extra=[(name.upper(), "value-1")])
    assert outcome.answer[HEADERS[name]] == "value-1"


@pytest.mark.parametrize("name", OPTIONAL)
def test_header_missing(mirror, name):
    assert mirror.invoke(without=[name]).answer[HEADERS[name]] == ""


@pytest.mark.parametrize("name", OPTIONAL)
@pytest.mark.parametrize(
    ("value", "seen"),
    [("\xff\xfe", "\ufffd\ufffd"), ("x" * 60000, "x" * 60000), ("x" * 90000, "")],
    ids=["not UTF-8", "60 kB", "90 kB"],
)
def test_header_hostile(mirror, name, value, seen):
    outcome = mirror.invoke(without=[name], extra=[(name, value)])
    assert outcome.answer[HEADERS[name]] == seen
    assert_serves(mirror)


@pytest.mark.parametrize("name", HEADERS)
def test_header_doubled(mirror, name):
    twice = [(name, "first"), (name.lower(), "second")]
    assert mirror.invoke(without=[name], extra=twice).answer[HEADERS[name]] == "first"


def test_header_without_an_end(mirror, api):
    api.offer(event_reply(b"{}", extra=[("X-Flood", "x" * 200000)]))
    assert_serves(mirror)
    assert len(api.posts) == 1


@pytest.mark.parametrize("request_id", [None, "", "a/b", "..", "a b", "\xff"])
def test_header_request_id_unusable(mirror, api, request_id):
    extra = [] if request_id is None else [(ID, request_id)]
    api.offer(event_reply(b"{}", without=[ID], extra=extra))
    assert_serves(mirror)
    assert len(api.posts) == 1


@pytest.mark.parametrize("event", EVENTS, ids=["response", "error", "stream", "break"])
def test_header_invocation_id_echoed(mirror, event):
    name = "Lambda-Runtime-Invocation-Id"
    assert mirror.invoke(event, extra=[(name, "try-1/+=")]).request.header(name) == "try-1/+="
    assert name.lower() not in mirror.invoke(event).request.header_names


def test_header_request_id_of_another_attempt(mirror):
    """An event that is tried again has the id that it had."""
    for attempt in ("try-1", "try-2"):
        name = "Lambda-Runtime-Invocation-Id"
        outcome = mirror.invoke(request_id="id-1", extra=[(name, attempt)])
        assert outcome.answer["request_id"] == outcome.request_id == "id-1"
        assert outcome.answer["invocation_id"] == outcome.request.header(name) == attempt


@pytest.mark.parametrize("deadline", [0, 1785000000000, 2095547275863, 10**18, 2**63 - 1])
def test_header_deadline(mirror, deadline):
    name = "Lambda-Runtime-Deadline-Ms"
    answer = mirror.invoke(without=[name], extra=[(name, str(deadline))]).answer
    assert answer["deadline_ms"] == deadline


@pytest.mark.parametrize("text", ["", "soon", "-1", "1e9", "9" * 30])
def test_header_deadline_unknown(mirror, text):
    name = "Lambda-Runtime-Deadline-Ms"
    answer = mirror.invoke(without=[name], extra=[(name, text)]).answer
    assert answer["deadline_ms"] == 2**63 - 1


def test_header_trace_id_in_the_environment(start):
    mirror = start(_X_AMZN_TRACE_ID="left over")
    without = ["Lambda-Runtime-Trace-Id"]
    assert mirror.invoke(without=without).answer["environment"] == ""
    assert mirror.invoke().answer["environment"] == TRACE_ID
    assert mirror.invoke(without=without).answer["environment"] == ""


# --- answers ---


@pytest.mark.parametrize(
    "steps", [reply(400), reply(403), [RESET], [CLOSE]], ids=["400", "403", "reset", "close"]
)
def test_answer_to_next_tried_five_times_again(mirror, api, steps):
    for _ in range(9):
        api.offer(steps)
    assert mirror.wait() == 1
    times = [request.time for request in api.gets]
    pauses = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(pauses) == 5
    for pause, wanted in zip(pauses, (0.1, 0.2, 0.4, 0.8, 1.6), strict=True):
        assert pause > wanted * 0.9


@pytest.mark.parametrize("status", [204, 307, 404, 410, 413, 502])
def test_answer_to_next_tried_again(mirror, api, status):
    """Also after a redirect, which leads nowhere."""
    api.offer(reply(status, headers=[("Location", "/2018-06-01/runtime/elsewhere")]))
    assert_serves(mirror)
    wait_until(lambda: len(api.gets) == 3, what="the next /next")
    assert {get.target for get in api.gets} == {"/2018-06-01/runtime/invocation/next"}


def test_answer_to_next_500(mirror, api):
    api.offer(reply(500))
    assert mirror.wait() == 1
    assert len(api.gets) == 1


@pytest.mark.parametrize("event", EVENTS, ids=["response", "error", "stream", "break"])
@pytest.mark.parametrize("status", [200, 202, 400, 403, 410, 413])
def test_answer_to_post_goes_on(mirror, api, event, status):
    api.post_replies.append(reply(status))
    mirror.invoke(event)
    assert_serves(mirror)
    assert len(api.posts) == 2


@pytest.mark.parametrize("event", EVENTS, ids=["response", "error", "stream", "break"])
@pytest.mark.parametrize("steps", [reply(500), [RESET], [CLOSE]], ids=["500", "reset", "close"])
def test_answer_to_post_ends_the_process(mirror, api, event, steps):
    api.post_replies.append(steps)
    mirror.invoke(event)
    assert mirror.wait() == 1
    assert (len(api.posts), len(api.gets)) == (1, 1)


ANY_ANSWER = {str(status): reply(status) for status in (202, 400, 403, 410, 413, 500)} | {
    "reset": [RESET],
    "close": [CLOSE],
}


@pytest.mark.parametrize("steps", ANY_ANSWER.values(), ids=ANY_ANSWER.keys())
def test_answer_to_init_error(start, api, steps):
    api.post_replies.append(steps)
    mirror = start(INIT_FAILS="1")
    assert mirror.wait() == 1
    assert (len(api.posts), len(api.gets)) == (1, 0)


@pytest.mark.parametrize("steps", ANY_ANSWER.values(), ids=ANY_ANSWER.keys())
def test_answer_to_restore_error(start, api, steps):
    api.post_replies.append(steps)
    mirror = start(**SNAPSTART, AFTER_FAILS="1")
    assert mirror.wait() == 1
    assert (len(api.posts), len(api.gets)) == (1, 1)


def test_answer_to_restore_404(start, api):
    api.restore_reply = reply(404)
    assert_serves(start(**SNAPSTART))


@pytest.mark.parametrize("steps", list(ANY_ANSWER.values())[1:], ids=list(ANY_ANSWER)[1:])
def test_answer_to_restore_ends_the_process(start, api, steps):
    api.restore_reply = steps
    mirror = start(**SNAPSTART)
    assert mirror.wait() == 1
    assert (len(api.posts), len(api.gets)) == (0, 1)
    assert [line["level"] for line in mirror.log] == ["FATAL"]


# --- limits and time ---


def test_limit_of_a_response(mirror):
    longest = mirror.invoke(EXACT).request
    assert len(longest.body) == RESPONSE_MAX
    assert "expect" not in longest.header_names  # libcurl's habit above 1 MB
    assert mirror.invoke(LARGE).error_type == "Runtime.ResponseTooLarge"
    assert_serves(mirror)


@pytest.mark.parametrize("size", [0, 1, 6 * 2**20, 8 * 2**20])
def test_limit_of_an_event(mirror, size):
    # A response has the event in it: what is too large for that is reported, not lost.
    outcome = mirror.invoke(b"x" * size)
    if size < RESPONSE_MAX - 1000:
        assert outcome.answer["event"] == "x" * size
    else:
        assert outcome.error_type == "Runtime.ResponseTooLarge"


def test_limit_of_an_event_passed(mirror):
    assert mirror.invoke(b"x" * (8 * 2**20 + 1)).error_type == "Runtime.EventTooLarge"
    assert_serves(mirror)


def test_limit_of_a_stream_is_not_that_of_a_response(mirror):
    post = mirror.invoke(FLOOD).request
    assert (len(post.body), post.trailers) == (8 * 2**20, ())
    assert_serves(mirror)


def test_time_nobody_listens(start):
    mirror = start(AWS_LAMBDA_RUNTIME_API=f"127.0.0.1:{free_port()}")
    assert mirror.wait() == 1
    assert [line["level"] for line in mirror.log] == ["WARN"] * 6 + ["FATAL"]


def test_time_nobody_accepts(start):
    """The kernel would go on for two minutes to make a connection."""
    with contextlib.ExitStack() as sockets:
        deaf = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(2):  # more than it holds for a server that takes none
            waiting = sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(deaf.getsockname())
        mirror = start(AWS_LAMBDA_RUNTIME_API=f"127.0.0.1:{deaf.getsockname()[1]}")
        assert mirror.wait() == 1
    assert [line["level"] for line in mirror.log] == ["WARN"] * 6 + ["FATAL"]


def test_time_one_connection(mirror, api):
    for _ in range(20):
        assert_serves(mirror)
    assert api.connections == 1


def test_time_frozen_while_waiting(mirror, api):
    assert_serves(mirror)
    wait_until(lambda: len(api.gets) == 2, what="the /next that waits")
    os.kill(mirror.pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(mirror.pid, signal.SIGCONT)
    assert_serves(mirror)
    assert api.connections == 1


def test_time_connection_lost_while_frozen(mirror, api):
    assert_serves(mirror)
    wait_until(lambda: len(api.gets) == 2, what="the /next that waits")
    os.kill(mirror.pid, signal.SIGSTOP)
    api.drop_connections()
    os.kill(mirror.pid, signal.SIGCONT)
    wait_until(lambda: len(api.gets) == 3, what="the /next that asks again")
    assert_serves(mirror)


# --- bytes that come oddly ---


@pytest.mark.parametrize("size", [1, 1000])
def test_bytes_chunked(mirror, api, size):
    (raw,) = event_reply(b"", request_id="id-1")
    head = raw.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    event = b"y" * 3000
    chunks = [event[i : i + size] for i in range(0, len(event), size)] + [b""]
    api.offer([head] + [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks])
    assert mirror.outcome().answer["event"] == "y" * 3000


def test_bytes_one_by_one(mirror, api):
    (raw,) = event_reply(b"[1]", request_id="id-1")
    api.offer(drip(raw, 0.002))
    assert mirror.outcome().answer["event"] == "[1]"


CUTS = [9, 40, -4, -1]  # in the first line, in a header, before the body, in it


@pytest.mark.parametrize("end", [CLOSE, RESET])
@pytest.mark.parametrize("kept", CUTS)
def test_bytes_cut_off(mirror, api, kept, end):
    (raw,) = event_reply(b"[1]", request_id="cut-off")
    api.offer([raw[:kept], end])
    assert_serves(mirror)
    assert len(api.posts) == 1


@pytest.mark.parametrize("end", [CLOSE, RESET])
@pytest.mark.parametrize("kept", CUTS)
def test_bytes_cut_off_in_the_answer_to_a_post(mirror, api, kept, end):
    (raw,) = reply(202, b"{1}", [("Content-Type", "application/json")])
    api.post_replies.append([raw[:kept], end])
    mirror.invoke()
    assert mirror.wait() == 1
    assert (len(api.posts), len(api.gets)) == (1, 1)


def test_bytes_behind_an_answer(mirror, api):
    api.offer([b"".join(event_reply(b"[1]", request_id="id-1") + reply(413))])
    assert mirror.outcome().answer["event"] == "[1]"
    assert_serves(mirror)
    assert api.connections == 2
    assert {line["message"] for line in mirror.log} == {"handling"}


def test_bytes_after_which_the_connection_ends(mirror, api):
    api.post_replies.append(reply(202) + [CLOSE])
    assert_serves(mirror)
    assert_serves(mirror)
    assert len(api.posts) == 2


# --- environment and log ---


@pytest.mark.parametrize("address", [None, "", "nonsense", "http://127.0.0.1:1"])
def test_environment_address_unusable(start, address):
    mirror = start(AWS_LAMBDA_RUNTIME_API=address)
    assert mirror.wait() == 1
    assert [line["errorType"] for line in mirror.log] == ["Runtime.EndpointInvalid"]


def test_environment_address_of_a_name(start, api):
    assert_serves(start(AWS_LAMBDA_RUNTIME_API=f"localhost:{api.port}"))


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_environment_proxy_ignored(start, name):
    assert_serves(start(**{name: "http://127.0.0.1:1"}))


@pytest.mark.parametrize(("text", "is_json"), [("json", True), ("JSON", True), ("tExT", False)])
def test_environment_log_format(start, text, is_json):
    mirror = start(AWS_LAMBDA_LOG_FORMAT=text)
    assert_serves(mirror)
    assert mirror.stderr.startswith("{") == is_json
    assert "handling" in mirror.stderr


@pytest.mark.parametrize(("level", "lines"), [("debug", 3), ("INFO", 1), ("Warn", 0)])
def test_environment_log_level(start, api, level, lines):
    mirror = start(AWS_LAMBDA_LOG_LEVEL=level)
    assert_serves(mirror)
    wait_until(lambda: len(api.gets) == 2, what="the next /next")
    assert len(mirror.log) == lines


def test_log_lines_are_ones_that_lambda_filters(mirror):
    """It looks for a level and a time in each."""
    mirror.invoke(FAIL, request_id="id-1")
    handling, failed = mirror.log
    assert (handling["level"], failed["level"]) == ("INFO", "ERROR")
    for line in mirror.log:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["timestamp"])
        stamp = datetime.datetime.fromisoformat(line["timestamp"]).timestamp()
        assert abs(time.time() - stamp) < 300
    assert (failed["errorType"], failed["requestId"]) == ("Function.Asked", "id-1")


def test_log_ids_and_no_payload(start):
    mirror = start(AWS_LAMBDA_LOG_LEVEL="TRACE")
    extra = [("Lambda-Runtime-Aws-Tenant-Id", "blue")]
    mirror.invoke(b'"a secret"', request_id="id-1", extra=extra)
    (line,) = [line for line in mirror.log if line["message"] == "handling"]
    assert (line["level"], line["requestId"], line["tenantId"]) == ("INFO", "id-1", "blue")
    assert "secret" not in mirror.stderr


# --- SIGTERM ---


@pytest.mark.parametrize("hook", [None, "1"], ids=["no hook", "hook"])
def test_sigterm_while_waiting(start, api, hook):
    mirror = start(SHUTDOWN=hook)
    assert_serves(mirror)
    asked = "/2018-06-01/runtime/invocation/next"
    wait_until(lambda: [get.target for get in api.gets].count(asked) == 2, what="the next /next")
    began = time.monotonic()
    mirror.terminate()
    assert mirror.wait() == 0
    assert time.monotonic() - began < 0.3
    assert ("goodbye" in mirror.stderr) == bool(hook)


def test_sigterm_while_handling(start, api):
    mirror = start(SHUTDOWN="1")
    api.offer(event_reply(WAIT))
    wait_until(lambda: "handling" in mirror.stderr, what="the handler")
    mirror.terminate()
    assert mirror.outcome().answer["function_arn"] == FUNCTION_ARN
    assert mirror.wait() == 0
    assert mirror.log[-1]["message"] == "goodbye"
