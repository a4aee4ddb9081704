"""SNS that fails, in the ways of its documentation and of networks: never a false success."""

import time
import uuid

import pytest

from harness import events
from harness.sns import accepted, refused
from harness.wire import CLOSE, RESET, SILENCE, drip, reply

pytestmark = pytest.mark.asan
EVENT = events.read("enable-region-iam-user")
NO_MATCH = events.read("disable-region")

(ACCEPTED,) = accepted("0f9f3b0e-1f0a-4b7e-9a51-5f3a0e3a0001")
HTML = b"<html><head><title>503 Service Temporarily Unavailable</title></head></html>"
THROTTLED = refused(400, "Throttling", "Rate exceeded")

TRANSIENT = {
    "500": refused(500, "InternalError", "We encountered an internal error"),
    "500 empty": reply(500),
    "502 HTML": reply(502, HTML, [("Content-Type", "text/html")]),
    "503": refused(503, "ServiceUnavailable", "Service is unavailable"),
    "503 HTML": reply(503, HTML, [("Content-Type", "text/html")]),
    "504 empty": reply(504),
    "RequestTimeout": refused(
        400, "RequestTimeout", "Your socket connection was not read from in time"
    ),
    "200 empty": reply(200),
    "200 HTML": reply(200, HTML),
    "200 garbage": reply(200, bytes(range(256)) * 4),
    "200 without MessageId": reply(
        200, b"<PublishResponse><PublishResult></PublishResult></PublishResponse>"
    ),
    "200 with an empty MessageId": reply(
        200, b"<PublishResponse><MessageId></MessageId></PublishResponse>"
    ),
    "200 with half a MessageId": reply(
        200, b"<PublishResponse><PublishResult><MessageId>0f9f3b0e-1f0a"
    ),
    "200 cut off": [ACCEPTED[:-80], CLOSE],
    "200 cut off in the header": [ACCEPTED[:30], CLOSE],
    "200 reset": [ACCEPTED[:-80], RESET],
    "200 huge": reply(200, b"x" * 8_000_000),
    "no answer": [CLOSE],
    "reset": [RESET],
    "200 without a status": [ACCEPTED.replace(b"HTTP/1.1 200", b"HTTP/OK"), CLOSE],
    "no HTTP": [b"220 smtp.example.com ESMTP\r\n", CLOSE],
}
THROTTLING = {
    "Throttling": THROTTLED,
    "Throttled": refused(400, "Throttled", "Rate exceeded"),
    "ThrottlingException": refused(400, "ThrottlingException", "Rate exceeded"),
    "KMSThrottling": refused(400, "KMSThrottling", "The request was denied by KMS"),
    "429": reply(429),
    "503 SlowDown": refused(503, "SlowDown", "Reduce your request rate"),
}
DENIED = {
    "AuthorizationError": "not authorized to perform: SNS:Publish",
    "AccessDenied": "not authorized to perform: SNS:Publish",
    "AccessDeniedException": "not authorized",
    "KMSAccessDenied": "The ciphertext references a key that you cannot use",
    "ExpiredToken": "The security token included in the request is expired",
    "InvalidClientTokenId": "The security token included in the request is invalid",
    "SignatureDoesNotMatch": "The request signature we calculated does not match",
}
REJECTED = {
    (400, "InvalidParameter"): "Invalid parameter: TopicArn",
    (400, "ValidationException"): "1 validation error",
    (404, "NotFound"): "Topic does not exist",
    (400, "KMSDisabled"): "The key is disabled",
}


@pytest.mark.parametrize("fault", TRANSIENT.values(), ids=TRANSIENT)
def test_transient_fault_is_tried_again(function, sns, fault):
    """One fault, two attempts, the same message in both, one success."""
    sns.faults.append(fault)
    (alert,) = function.answer(EVENT)["alerts"]
    assert uuid.UUID(alert["messageId"])
    assert len(sns.published) == 1
    assert len({attempt.raw_message for attempt in sns.attempts}) == 1
    assert len(sns.attempts) == 2 or fault in (
        [CLOSE],
        [RESET],
    )  # libcurl itself may send once more


@pytest.mark.parametrize("fault", THROTTLING.values(), ids=THROTTLING)
def test_throttled_publish_is_tried_again(function, sns, fault):
    sns.faults.append(fault)
    assert function.answer(EVENT)["matched"] == 1
    assert (len(sns.attempts), len(sns.published)) == (2, 1)


@pytest.mark.parametrize(
    "name", ["500", "503 HTML", "200 without MessageId", "200 cut off", "200 huge"]
)
def test_transient_fault_that_stays(function, sns, name):
    """Three attempts, then an error; and Lambda's retry of the event finds the function well."""
    sns.faults.extend([TRANSIENT[name]] * 3)
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishUnreachable"
    assert (len(sns.attempts), len(sns.published)) == (3, 0)
    assert len(function.answer(EVENT)["alerts"]) == 1
    assert len(sns.published) == 1


def test_throttling_that_stays(function, sns):
    sns.faults.extend([THROTTLED] * 3)
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishThrottled"
    assert "Throttling" in outcome.error_message and "Rate exceeded" in outcome.error_message
    assert (len(sns.attempts), len(sns.published)) == (3, 0)


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_number_of_attempts_is_configured(start, sns, attempts):
    sns.faults.extend([TRANSIENT["500"]] * 9)
    assert (
        start(AWS_MAX_ATTEMPTS=str(attempts)).invoke(EVENT).error_type
        == "Function.PublishUnreachable"
    )
    assert len(sns.attempts) == attempts


@pytest.mark.parametrize(("code", "message"), DENIED.items(), ids=DENIED)
def test_denied(function, sns, code, message):
    """Permanent: one attempt. The error says what SNS said, and which request it was."""
    request_id = str(uuid.uuid4())
    sns.faults.append(refused(403, code, message, request_id))
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishDenied"
    for word in (code, message, request_id):
        assert word in outcome.error_message
    assert (len(sns.attempts), len(sns.published)) == (1, 0)


def test_denied_says_which_permission_is_missing(function, sns):
    sns.faults.append(refused(403, "AuthorizationError", "no"))
    assert "sns:Publish" in function.invoke(EVENT).error_message


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId"])
def test_denied_says_that_the_credentials_are_bad(function, sns, code):
    sns.faults.append(refused(403, code, "no"))
    message = function.invoke(EVENT).error_message
    assert "credentials" in message or "AWS_SESSION_TOKEN" in message


@pytest.mark.parametrize(("answer", "message"), REJECTED.items(), ids=lambda value: str(value))
def test_rejected(function, sns, answer, message):
    request_id = str(uuid.uuid4())
    sns.faults.append(refused(*answer, message, request_id))
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishRejected"
    for word in (answer[1], message, request_id):
        assert word in outcome.error_message
    assert (len(sns.attempts), len(sns.published)) == (1, 0)


def test_hostile_text_of_an_error_stays_text(function, sns):
    """An error's message is quoted, so it must be made clean: JSON, one line, valid UTF-8."""
    code = b"Bad\x01\x1b[31m"
    message = b'"}\r\n\xff\xfe&lt;&#10;&amp;\xe2\x80\xae'
    body = b"<ErrorResponse><Error><Code>" + code + b"</Code><Message>" + message + b"</Message>"
    sns.faults.append(reply(400, body))
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishRejected"
    assert outcome.error_message.isprintable()


def test_redirect_is_not_followed(function, sns):
    sns.faults.append(reply(307, headers=[("Location", sns.url + "/elsewhere")]))
    assert function.invoke(EVENT).error_type == "Function.PublishRejected"
    assert [post.target for post in sns.posts] == ["/"]


def test_continue_before_the_answer(function, sns):
    sns.faults.append([b"HTTP/1.1 100 Continue\r\n\r\n" + ACCEPTED])
    (alert,) = function.answer(EVENT)["alerts"]
    assert alert["messageId"] == "0f9f3b0e-1f0a-4b7e-9a51-5f3a0e3a0001"


def test_slow_answer(function, sns):
    """Byte by byte over a second is slow, and well."""
    sns.faults.append(drip(ACCEPTED, 1 / len(ACCEPTED)))
    assert function.answer(EVENT)["matched"] == 1
    assert len(sns.attempts) == 1


# --- time ---


def test_silence_until_the_deadline(function, sns):
    """The error is posted before Lambda would end the process, and not before the time was used."""
    sns.faults.extend([SILENCE] * 9)
    began = time.monotonic()
    outcome = function.invoke(EVENT, deadline_s=3)
    taken = outcome.request.time - began
    assert outcome.error_type == "Function.PublishUnreachable"
    assert 1 < taken < 3
    assert len(sns.attempts) >= 2 and sns.published == []


def test_after_a_silence_the_next_event_is_served(function, sns):
    sns.faults.append(SILENCE)
    assert function.answer(EVENT, deadline_s=6)["matched"] == 1
    assert function.answer(events.anew(EVENT))["matched"] == 1
    assert len(sns.published) == 2


def test_nothing_is_begun_that_cannot_end_in_time(function, sns):
    """Half a second is the reserve for the answer itself."""
    began = time.monotonic()
    outcome = function.invoke(EVENT, deadline_s=0.4)
    assert outcome.error_type == "Function.PublishUnreachable"
    assert outcome.request.time - began < 0.4
    assert sns.posts == []


def test_retry_after_is_honoured(function, sns):
    """x-amz-retry-after is a least time, in milliseconds."""
    sns.faults.append(
        refused(400, "Throttling", "Rate exceeded", headers=[("x-amz-retry-after", "1200")])
    )
    assert function.answer(EVENT)["matched"] == 1
    first, second = sns.attempts
    assert 1.2 <= second.request.time - first.request.time < 10


def test_retry_after_that_passes_the_deadline(function, sns):
    """Waiting would be in vain: the error comes at once rather than late."""
    sns.faults.append(
        refused(503, "ServiceUnavailable", "x", headers=[("x-amz-retry-after", "60000")])
    )
    began = time.monotonic()
    outcome = function.invoke(EVENT, deadline_s=4)
    assert outcome.error_type in ("Function.PublishUnreachable", "Function.PublishThrottled")
    assert outcome.request.time - began < 4
    assert len(sns.attempts) == 1


@pytest.mark.parametrize("value", ["", "soon", "-5", "99999999999999999999", "1e3"])
def test_retry_after_that_is_no_number(function, sns, value):
    sns.faults.append(
        refused(503, "ServiceUnavailable", "x", headers=[("x-amz-retry-after", value)])
    )
    assert function.answer(EVENT)["matched"] == 1


def test_request_id_of_a_header_is_clean(function, sns):
    sns.faults.append(reply(403, b"", [("x-amzn-RequestId", "r-\x1b[31m\x071")]))
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishRejected"
    assert "(request id r-[31m1)" in outcome.error_message


# --- connections ---


def test_connection_that_the_server_ended_is_replaced(function, sns):
    for _ in range(3):
        assert function.answer(events.anew(EVENT))["matched"] == 1
        sns.drop_connections()
        time.sleep(0.05)
    assert (len(sns.attempts), len(sns.published), sns.connections) == (3, 3, 3)


def test_connection_that_ends_after_the_answer(function, sns):
    sns.faults.append([ACCEPTED, CLOSE])
    for _ in range(2):
        assert function.answer(events.anew(EVENT))["matched"] == 1
    assert len(sns.attempts) == 2


def test_server_that_is_down_at_first(start, sns):
    """The connection of the INIT phase is a favour: without it everything works as well."""
    sns.answer_head = [CLOSE]
    function = start()
    assert function.answer(EVENT)["matched"] == 1


def test_server_that_hangs_at_first(start, api, sns):
    """INIT has ten seconds at AWS; a silent SNS must not use them up."""
    sns.answer_head = SILENCE
    began = time.monotonic()
    function = start()
    assert function.answer(EVENT, deadline_s=60)["matched"] == 1
    assert api.gets[0].time - began < 8


def test_nobody_listens(start):
    function = start(AWS_ENDPOINT_URL_SNS="https://127.0.0.1:1")
    assert function.invoke(EVENT).error_type == "Function.PublishUnreachable"
    assert function.answer(NO_MATCH)["matched"] == 0
