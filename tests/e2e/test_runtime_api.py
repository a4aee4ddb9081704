"""What the bootstrap does with each answer of the Runtime API, and with answers that are wrong."""

import itertools
import time

import pytest

from harness import events
from harness.processes import wait_until
from harness.runtime_api import event_reply
from harness.wire import CLOSE, RESET, drip, reply

NO_MATCH = events.read("disable-region")
MALFORMED = events.read("malformed")
MATCH = events.read("enable-region-iam-user")
REQUEST_ID = "11111111-2222-4333-8444-555555555555"

asan = pytest.mark.asan


def assert_serves(function, request_id="after-that"):
    """The loop is alive: the next event is answered, once."""
    outcome = function.invoke(NO_MATCH, request_id=request_id)
    assert (outcome.verb, outcome.request_id) == ("response", request_id)
    assert outcome.answer == {"matched": 0, "alerts": [], "suppressed": []}


# --- /next: status codes ---


@asan
def test_next_500_ends_the_process(function, api):
    api.offer(reply(500, b'{"errorType":"InternalServerError","errorMessage":"x"}'))
    assert function.wait() == 1
    assert (len(api.gets), len(api.posts)) == (1, 0)
    assert function.log[-1]["level"] == "FATAL"


@pytest.mark.parametrize(
    "steps",
    [reply(400), reply(403, b'{"errorType":"InvalidStateTransition"}'), [RESET], [CLOSE]],
    ids=["400", "403", "reset", "close"],
)
def test_next_that_fails_for_good(function, api, steps):
    """One try and five more, with a back-off of 100, 200, 400, 800 and 1,600 ms; then exit 1."""
    for _ in range(20):
        api.offer(steps)
    assert function.wait() == 1
    times = [request.time for request in api.gets]
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert len(times) == 6 and api.posts == []
    for wait, wanted in zip(waits, (0.1, 0.2, 0.4, 0.8, 1.6), strict=True):
        assert wait > wanted * 0.9
    assert function.log[-1]["level"] == "FATAL"


@asan
@pytest.mark.parametrize("steps", [reply(400), reply(403), [RESET]], ids=["400", "403", "reset"])
def test_next_that_recovers(function, api, steps):
    api.offer(steps)
    api.offer(steps)
    assert_serves(function)
    assert_serves(function)


def test_next_recovers_anew_each_time(function, api):
    """The five tries are counted from the last success, not from the start."""
    for _ in range(2):
        for _ in range(3):
            api.offer(reply(403))
        assert_serves(function)


# --- /response and /error: status codes ---


@asan
@pytest.mark.parametrize("status", [200, 202, 400, 403, 410, 413])
@pytest.mark.parametrize(
    ("event", "verb"), [(NO_MATCH, "response"), (MALFORMED, "error")], ids=["response", "error"]
)
def test_post_answers_that_the_loop_survives(function, api, status, event, verb):
    api.post_replies.append(reply(status, b'{"errorMessage":"scripted","errorType":"Scripted"}'))
    outcome = function.invoke(event, request_id=REQUEST_ID)
    assert (outcome.verb, outcome.request_id) == (verb, REQUEST_ID)
    assert_serves(function)
    assert len(api.posts) == 2  # nothing was posted again


@asan
@pytest.mark.parametrize("steps", [reply(500), [RESET], [CLOSE]], ids=["500", "reset", "close"])
@pytest.mark.parametrize(
    ("event", "verb"), [(NO_MATCH, "response"), (MALFORMED, "error")], ids=["response", "error"]
)
def test_post_answers_that_end_the_process(function, api, steps, event, verb):
    """A 500 says so. Without an answer nobody knows what Lambda took, so nothing is repeated."""
    api.post_replies.append(steps)
    assert function.invoke(event).verb == verb
    assert function.wait() == 1
    assert (len(api.posts), len(api.gets)) == (1, 1)


@asan
def test_post_answered_by_a_closed_connection_later(function, api):
    """Lambda may end the connection after an answer: the next request takes a new one."""
    api.post_replies.append(reply(202) + [CLOSE])
    function.invoke(NO_MATCH)
    assert_serves(function)
    assert len(api.posts) == 2


@asan
def test_connection_closed_while_frozen(function, api):
    """The connection on which /next waits is cut: it is asked again."""
    assert_serves(function)
    wait_until(lambda: len(api.gets) == 2, what="the /next that waits")
    api.drop_connections()
    wait_until(lambda: len(api.gets) == 3, what="the /next that asks again")
    assert_serves(function)


# --- what the runtime sends ---


@asan
@pytest.mark.parametrize("event", [NO_MATCH, MALFORMED], ids=["response", "error"])
def test_headers_of_a_post(function, event):
    post = function.invoke(event).request
    assert post.header("Content-Type") == "application/json"
    assert int(post.header("Content-Length")) == len(post.body)
    assert post.header("User-Agent").startswith("lambda-c-runtime/") and " " not in post.header(
        "User-Agent"
    )
    assert not {"expect", "transfer-encoding", "lambda-runtime-function-response-mode"} & set(
        post.header_names
    )


@asan
@pytest.mark.parametrize("event", [NO_MATCH, MALFORMED], ids=["response", "error"])
@pytest.mark.parametrize("name", ["Lambda-Runtime-Invocation-Id", "lambda-runtime-invocation-id"])
def test_invocation_id_is_echoed(function, event, name):
    post = function.invoke(event, extra=[(name, "attempt-1/+=;,")]).request
    assert post.header("Lambda-Runtime-Invocation-Id") == "attempt-1/+=;,"
    post = function.invoke(event).request  # and not remembered
    assert "lambda-runtime-invocation-id" not in post.header_names


@asan
def test_next_is_a_plain_get(function, api):
    assert_serves(function)
    get = api.gets[0]
    assert (get.target, get.body) == ("/2018-06-01/runtime/invocation/next", b"")
    assert get.header("Host") == api.address


@asan
def test_log_lines_carry_the_request_id(function):
    function.invoke(MATCH, request_id=REQUEST_ID)
    function.invoke(MALFORMED, request_id="another-id")
    ids = [line["requestId"] for line in function.log if "requestId" in line]
    assert REQUEST_ID in ids and "another-id" in ids


# --- headers of /next that are missing or hostile ---


@asan
@pytest.mark.parametrize(
    "without",
    [
        ["Content-Type"],
        ["Lambda-Runtime-Deadline-Ms"],
        ["Lambda-Runtime-Invoked-Function-Arn"],
        ["Lambda-Runtime-Trace-Id"],
        [
            "Content-Type",
            "Lambda-Runtime-Deadline-Ms",
            "Lambda-Runtime-Invoked-Function-Arn",
            "Lambda-Runtime-Trace-Id",
        ],
    ],
)
def test_optional_header_missing(function, sns, without):
    assert function.answer(MATCH, without=without)["matched"] == 1
    assert len(sns.published) == 1


@asan
@pytest.mark.parametrize(
    "request_id",
    [None, "", " ", "a/../../init/error", "a b", "x" * 2000, "caf\u00e9", "a?b", "a#b", "%2e%2e"],
    ids=[
        "missing",
        "empty",
        "space",
        "path",
        "blank",
        "long",
        "latin-1",
        "query",
        "fragment",
        "percent",
    ],
)
def test_request_id_that_cannot_be_answered(function, api, request_id):
    """Nothing is posted for it, nothing of it is sent back, and the loop goes on."""
    without = ["Lambda-Runtime-Aws-Request-Id"]
    extra = [] if request_id is None else [("Lambda-Runtime-Aws-Request-Id", request_id)]
    api.offer(event_reply(MATCH, without=without, extra=extra))
    assert_serves(function)
    assert len(api.posts) == 1
    assert any(line["level"] in ("WARN", "ERROR") for line in function.log)


@asan
@pytest.mark.parametrize(
    "extra",
    [
        [("Lambda-Runtime-Aws-Request-Id", "second-id")],
        [("Lambda-Runtime-Deadline-Ms", "1")],
        [("Lambda-Runtime-Trace-Id", "Root=2")],
        [("X-Unknown", "\xff\xfe\x80")],
        [("X-Big", "x" * 60000)],
        [("X-Big", "x" * 90000)],
        [(f"X-Many-{n}", "y" * 100) for n in range(500)],
        [("X-Empty", "")],
        [("", "no name")],
        [("Lambda-Runtime-Client-Context", "\x01\x7f\xff{")],
    ],
    ids=[
        "id twice",
        "deadline twice",
        "trace twice",
        "not UTF-8",
        "60 kB",
        "90 kB",
        "500",
        "empty",
        "nameless",
        "controls",
    ],
)
def test_header_too_many(function, sns, extra):
    """A header that is doubled counts the first time; one that nobody asked for does no harm."""
    outcome = function.invoke(MATCH, request_id=REQUEST_ID, extra=extra)
    assert outcome.request_id == REQUEST_ID
    assert outcome.answer["matched"] == 1


@asan
@pytest.mark.parametrize(
    "name", ["Lambda-Runtime-Trace-Id", "Lambda-Runtime-Invoked-Function-Arn", "Content-Type"]
)
@pytest.mark.parametrize(
    "value",
    ["\xff\xfe\x80", "", "x" * 60000, "a\tb\x01\x7f"],
    ids=["bytes", "empty", "60 kB", "controls"],
)
def test_hostile_value_of_an_optional_header(function, name, value):
    outcome = function.invoke(MATCH, request_id=REQUEST_ID, without=[name], extra=[(name, value)])
    assert (outcome.request_id, outcome.answer["matched"]) == (REQUEST_ID, 1)


@asan
@pytest.mark.parametrize(
    "deadline",
    [
        "",
        "soon",
        "-1",
        "1e15",
        "0x7fffffff",
        "9223372036854775808",
        "9" * 400,
        "18446744073709551617",
    ],
)
def test_deadline_that_is_no_number_means_unknown(function, deadline):
    name = "Lambda-Runtime-Deadline-Ms"
    assert function.answer(MATCH, without=[name], extra=[(name, deadline)])["matched"] == 1


@asan
def test_deadline_that_has_passed(function, sns):
    """There is no time to publish, so there is an error and not a silence."""
    assert function.invoke(MATCH, deadline_s=-5).error_type == "Function.PublishUnreachable"
    assert sns.posts == []
    assert function.answer(NO_MATCH, deadline_s=-5)["matched"] == 0


@asan
def test_header_names_in_any_case(function, api):
    (raw,) = event_reply(
        MATCH, request_id=REQUEST_ID, extra=[("Lambda-Runtime-Invocation-Id", "Attempt")]
    )
    head, _, body = raw.partition(b"\r\n\r\n")
    for lines in (head.lower(), head.upper().replace(b"ATTEMPT", b"Attempt")):
        api.offer([lines.replace(b"http/1.1", b"HTTP/1.1") + b"\r\n\r\n" + body])
        outcome = function.outcome()
        assert outcome.request_id == REQUEST_ID
        assert outcome.request.header("Lambda-Runtime-Invocation-Id").lower() == "attempt"
        assert outcome.answer["matched"] == 1


# --- bodies of /next that come oddly ---


def chunked(event, size):
    (raw,) = event_reply(b"", request_id=REQUEST_ID)
    head = raw.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    chunks = [event[i : i + size] for i in range(0, len(event), size)] + [b""]
    return [head] + [b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks]


@asan
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_chunked_event(function, api, size):
    api.offer([b"".join(chunked(MATCH, size))])
    assert function.outcome().answer["matched"] == 1


@asan
def test_event_byte_by_byte(function, api):
    (raw,) = event_reply(MATCH, request_id=REQUEST_ID)
    api.offer(drip(raw))
    assert function.outcome().answer["matched"] == 1


@asan
@pytest.mark.parametrize(
    "cut",
    [lambda raw: raw[:40], lambda raw: raw[: raw.index(b"\r\n\r\n") + 3], lambda raw: raw[:-1]],
    ids=["in a header", "in the last line break", "before the last byte"],
)
@pytest.mark.parametrize("end", [CLOSE, RESET])
def test_event_cut_off(function, api, cut, end):
    """A part of an event is no event: it is not evaluated, and the whole one that comes next is."""
    (raw,) = event_reply(MATCH, request_id="cut-off")
    api.offer([cut(raw), end])
    assert_serves(function)
    assert [outcome.target.split("/")[-2] for outcome in api.posts] == ["after-that"]


@asan
def test_chunked_event_cut_off(function, api):
    api.offer(chunked(MATCH, 100)[:-2] + [CLOSE])
    assert_serves(function)
    assert len(api.posts) == 1


@asan
def test_redirect_is_not_followed(function, api):
    """An answer that is none of the table's leads nowhere, least of all elsewhere."""
    api.offer(
        reply(
            302,
            headers=[("Location", f"http://{api.address}/2018-06-01/runtime/invocation/elsewhere")],
        )
    )
    assert_serves(function)
    assert {request.target for request in api.gets} == {"/2018-06-01/runtime/invocation/next"}


# --- sizes ---


@asan
def test_event_of_6_mib_still_alerts(function, sns):
    event = events.sized(6 * 1024 * 1024)
    assert len(event) == 6291456
    assert function.answer(event)["matched"] == 1
    (publish,) = sns.published
    assert len(publish.raw_message.encode()) <= 262144  # SNS would take no more
    assert publish.finding["metadata"]["uid"].endswith(events.event_id(event))
    assert "raw_data" not in publish.finding and publish.finding["unmapped"]["truncated"] is True


@asan
def test_event_too_large(function, api):
    """Over 8 MiB: Lambda would not send it. It is an error, not a crash, and the loop goes on."""
    outcome = function.invoke(events.sized(8 * 1024 * 1024 + 1), request_id=REQUEST_ID)
    assert (outcome.error_type, outcome.request_id) == ("Runtime.EventTooLarge", REQUEST_ID)
    assert_serves(function)


# --- slow hands ---


def test_no_timeout_on_next(function):
    """A process that waits is frozen for minutes: a few seconds must not end the request."""
    time.sleep(3)
    assert_serves(function)
    assert len([line for line in function.log if line["level"] in ("WARN", "ERROR")]) == 0
