"""What SNS may answer, how its answer may end, and how long it may take."""

import datetime
import unittest.mock

from fault import DENIED, DUPLICATE, EVENT, PUBLISHED, REJECTED, UNREACHABLE, Fault
from harness import events, sigv4
from harness.sns import accepted, refused
from harness.wire import CLOSE, HALF_CLOSE, RESET, SILENCE, drip, reply

(ACCEPTED,) = accepted("0f9f3b0e-1f0a-4b7e-9a51-5f3a0e3a0001")
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HTML = reply(503, b"<html><title>503</title></html>", [("Content-Type", "text/html")])
# The errors of Publish, and those that all of AWS's services have in common.
DENIALS = """
    ExpiredToken ExpiredTokenException InvalidClientTokenId UnrecognizedClientException
    SignatureDoesNotMatch InvalidSignatureException RequestTimeTooSkewed AuthFailure
    AuthorizationError AccessDenied AccessDeniedException KMSOptInRequired InvalidSecurity
""".split()
REJECTIONS = """
    KMSDisabled KMSInvalidState KMSNotFound InvalidParameter ParameterValueInvalid ValidationError
    ValidationException EndpointDisabled PlatformApplicationDisabled InvalidAction MissingAction
    MissingParameter MalformedQueryString
""".split()
INTERNAL = refused(500, "InternalError", "x")


def sns_says(name, *replies, ends, attempts, **more):
    """The replies to the first attempts; then SNS is well."""

    def act(run):
        run.sns.faults.extend(replies)
        run.start()
        run.deliver(EVENT)
        run.finish()

    return Fault(name, act, [ends], attempts, **more)


def once(name, fault, **more):
    """A fault that passes: a second attempt, and an alert."""
    return sns_says(f"{name}, then well", fault, ends=PUBLISHED, attempts=2, **more)


def stays(name, fault, ends=UNREACHABLE, **more):
    return sns_says(f"{name}, three times", fault, fault, fault, ends=ends, attempts=3, **more)


def refuses(code, status, ends):
    return sns_says(code, refused(status, code, "x"), ends=ends, attempts=1)


def on_a_kept_connection(name, steps):
    def act(run):
        run.start()
        run.deliver(EVENT)
        run.sns.faults.append(steps)
        run.deliver(events.anew(EVENT))
        run.finish()

    return Fault(f"{name} on a kept connection", act, [PUBLISHED] * 2, 3)


def clock_is_off(run):
    """To SNS the signature is an hour old; it must be told as that, once."""
    late = sigv4._now() + datetime.timedelta(hours=1)
    run.start()
    with unittest.mock.patch.object(sigv4, "_now", lambda: late):
        assert "the clock" in run.deliver(EVENT).error_message
    run.finish()
    assert len(run.sns.refusals) == 1 and "expired" in run.sns.refusals.pop()[2]


def one_rule_fails(run):
    """The other is published; Lambda's retry publishes what is missing, and only that."""
    run.add_rules()
    run.sns.faults.extend([None, refused(403, "AuthorizationError", "x")])
    run.start()
    event = events.vary(userIdentity=events.load()["detail"]["userIdentity"] | {"userName": "bob"})
    run.deliver(event)
    run.deliver(event)
    run.finish()


def same_event(times):
    def act(run):
        run.start()
        for _ in range(times):
            run.deliver(EVENT)
        run.finish()

    return Fault(f"the same event {times} times", act, [PUBLISHED] + [DUPLICATE] * (times - 1), 1)


SNS = [
    once("500", INTERNAL),
    once("503 HTML", HTML),
    once("429", reply(429)),
    once("Throttling", refused(400, "Throttling", "x")),
    once("KMSThrottling", refused(400, "KMSThrottling", "x")),
    stays("500", INTERNAL),
    stays("KMSThrottling", refused(400, "KMSThrottling", "x"), "Function.PublishThrottled",
          seconds=5, slow=True),
    *(refuses(code, 403, DENIED) for code in DENIALS),
    *(refuses(code, 400, REJECTED) for code in REJECTIONS),
    refuses("KMSAccessDenied", 400, DENIED),
    refuses("NotFound", 404, REJECTED),
    refuses("AnUnknownCode", 418, REJECTED),
    sns_says("a redirect", reply(301, b"", [("Location", "https://127.0.0.1:1/")]),
             ends=REJECTED, attempts=1),
    sns_says("413 HTML", reply(413, b"<html></html>"), ends=REJECTED, attempts=1),
    Fault("a clock an hour off", clock_is_off, [DENIED], 0),
    Fault("two rules, one publish refused, and Lambda's retry", one_rule_fails,
          [DENIED, "1 published, 1 suppressed"], 3),
    same_event(2),
    same_event(1000),
]

REPLIES = [
    once("garbage", reply(200, bytes(range(256)))),
    once("no HTTP", [b"220 smtp.example.com ESMTP\r\n", CLOSE]),
    once("200 HTML", reply(200, b"<html></html>")),
    once("200 without MessageId", reply(200, b"<PublishResponse></PublishResponse>")),
    once("oversize", reply(200, b"x" * 8_000_000)),
    once("broken chunked", [CHUNKED + b"ZZ\r\nx\r\n"]),
    once("chunked and cut off", [CHUNKED + b"10\r\n<Pub", CLOSE]),
    once("reset in the headers", [HEAD + b"Conte", RESET]),
    once("reset in the body", [HEAD + b"Content-Length: 99\r\n\r\n<Pub", RESET]),
    once("half-closed", [HALF_CLOSE]),
    once("half-closed in the body", [HEAD + b"Content-Length: 99\r\n\r\n<Pub", HALF_CLOSE]),
    once("200 taken, its end lost", [ACCEPTED[:-20], CLOSE]),
    stays("200 without MessageId", reply(200, b"<PublishResponse></PublishResponse>")),
    stays("broken chunked", [CHUNKED + b"ZZ\r\nx\r\n"]),
    stays("close", [CLOSE]),  # libcurl would send again on its own, and nobody would count it
    stays("reset", [RESET]),
    on_a_kept_connection("reset", [RESET]),
    on_a_kept_connection("close", [CLOSE]),
]

# --- time ---


def before_deadline(name, steps, seconds, attempts, **more):
    def act(run):
        run.sns.faults.extend([steps] * 9)
        run.start()
        run.deliver(EVENT, deadline_s=seconds)
        run.finish()

    return Fault(name, act, [UNREACHABLE], attempts, seconds, **more)


TIME = [
    before_deadline("a deadline that leaves 50 ms", SILENCE, 0.55, 0),
    before_deadline("a deadline in 50 ms", SILENCE, 0.05, 0),
    before_deadline("a black hole until the deadline", SILENCE, 2, 3),
    before_deadline("one byte a second", drip(ACCEPTED, 1), 4, 3, slow=True),
]
