"""A response in pieces, as runtime/examples/stream.c makes one: each byte of it on the wire."""

import base64
import itertools
import json

import pytest

from harness.function import RUNTIME
from harness.processes import Process, wait_until
from harness.runtime_api import event_reply
from harness.wire import CLOSE, RESET, reply

HEAD = b'{"statusCode":200,"headers":{"Content-Type":"text/plain; charset=utf-8"},"cookies":[]}'
PRELUDE = HEAD + bytes(8)
EVENT = b'{"a":1}'
TRAILERS = ["Lambda-Runtime-Function-Error-Type", "Lambda-Runtime-Function-Error-Body"]


@pytest.fixture
def stream(api, tmp_path):
    env = {"PATH": "/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API": api.address}
    process = Process([RUNTIME / "examples/stream"], env, tmp_path, "stream")
    yield process
    process.stop()


def post(api, event):
    """What is posted for the event."""
    api.offer(event_reply(event, request_id="id-1", extra=[("Lambda-Runtime-Invocation-Id", "i")]))
    return api.outcomes.get(timeout=20)


def test_pieces_come_as_they_are_sent(stream, api):
    request = post(api, EVENT).request
    pieces = [piece for piece, _ in request.chunks]
    assert pieces == [PRELUDE + b"3\n", b"2\n", b"1\n", b"lift-off\n"]
    times = [when for _, when in request.chunks]
    assert all(later - earlier > 0.05 for earlier, later in itertools.pairwise(times))
    assert request.trailers == ()


def test_headers(stream, api):
    request = post(api, EVENT).request
    assert request.header("Lambda-Runtime-Function-Response-Mode") == "streaming"
    assert request.header("Content-Type") == "application/vnd.awslambda.http-integration-response"
    assert request.header("Lambda-Runtime-Invocation-Id") == "i"
    assert [value for name, value in request.headers if name == "Trailer"] == TRAILERS
    assert not {"content-length", "expect"} & set(request.header_names)


def test_an_error_comes_in_trailers(stream, api):
    outcome = post(api, b"{}")
    assert (outcome.verb, outcome.request.body) == ("response", PRELUDE + b"3\n2\n1\n")
    trailers = dict(outcome.request.trailers)
    assert list(trailers) == TRAILERS
    assert trailers[TRAILERS[0]] == "Function.EventEmpty"
    assert json.loads(base64.b64decode(trailers[TRAILERS[1]], validate=True)) == {
        "errorType": "Function.EventEmpty",
        "errorMessage": "There is nothing to lift off.",
        "stackTrace": [],
    }


def test_one_connection(stream, api):
    for event in [EVENT, b"{}", EVENT]:
        post(api, event)
    assert {request.connection for request in api.requests} == {1}
    assert stream.running


@pytest.mark.parametrize("status", [400, 403, 410, 413])
def test_refusal_at_the_end(stream, api, status):
    api.post_replies.append(reply(status, b'{"errorType":"X","errorMessage":"no"}'))
    post(api, EVENT)
    assert post(api, EVENT).request.body.endswith(b"lift-off\n")


@pytest.mark.parametrize("steps", [reply(500), [CLOSE], [RESET]], ids=["500", "close", "reset"])
def test_end_of_the_process(stream, api, steps):
    api.post_replies.append(steps)
    post(api, EVENT)
    assert stream.wait() == 1
    assert len(api.posts) == 1


def test_connection_lost_between_pieces(stream, api):
    """The stream is not begun anew: nobody knows how much of it was taken."""
    api.offer(event_reply(EVENT))
    wait_until(lambda: api.received_bytes > 500, what="the first piece, behind two heads")
    api.drop_connections()
    assert stream.wait() == 1
    assert (len(api.posts), len(api.gets)) == (0, 1)
    assert '"errorType":"Runtime.StreamBroken"' in stream.stderr
