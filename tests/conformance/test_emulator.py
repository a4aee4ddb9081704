"""The contract as the real emulator has it: classic, and as on managed instances."""

import base64
import concurrent.futures
import contextlib
import http.client
import json
import socket
import time

import pytest

from harness.processes import wait_until

FAIL, ODD, WAIT, LINGER, EXIT = b'"fail"', b'"odd"', b'"wait"', b'"linger"', b'"exit"'
EXACT, LARGE, OVER = b'"exact"', b'"large"', b'"over"'
STREAM, BREAK, FLOOD = b'"stream"', b'"break"', b'"flood"'
RESPONSE_MAX = 6291556
TRACE_ID = "Root=1-67f0c1d2-0123456789abcdef01234567"
SHORT = {"AWS_LAMBDA_FUNCTION_TIMEOUT": "2"}
OF_A_CALLER = {
    "Content_Type": "text/odd; x=1",
    "X_Amz_Client_Context": base64.b64encode(b'{"a":1}').decode(),
    "X_Amz_Tenant_Id": "blue",
    "X_Amzn_Trace_Id": TRACE_ID,
}


def log_of(emulator):
    """What the function has logged; the emulator's own lines are no objects."""
    lines = (emulator.stdout + emulator.stderr).splitlines()
    return [json.loads(line) for line in lines if line.startswith('{"timestamp"')]


def wait_for_status(emulator, status):
    """Until the function logs that it was answered so."""
    wait_until(
        lambda: any(line.get("status") == status for line in log_of(emulator)),
        what=f"the {status}",
    )


@contextlib.contextmanager
def assert_one_process(emulator):
    """What is done meanwhile ends no process."""
    pid = emulator.invoke(b"[1]")["pid"]
    yield
    assert emulator.invoke(b"[1]")["pid"] == pid


@contextlib.contextmanager
def assert_next_process(emulator):
    """What is done meanwhile ends the process, and another one serves."""
    pid = emulator.invoke(b"[1]")["pid"]
    yield
    assert emulator.invoke(b"[1]")["pid"] != pid


def ask_api(emulator, method, path, body=None, **headers):
    """Asks the emulator's Runtime API, as the function does meanwhile: status and answer."""
    connection = http.client.HTTPConnection("127.0.0.1", emulator.api_port, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with contextlib.closing(connection):
        connection.request(method, f"/2018-06-01/runtime/{path}", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()


@contextlib.contextmanager
def while_it_works(emulator, event):
    """Yields the id of the invocation, and what will be the answer to its caller."""

    def working():
        return [line["requestId"] for line in log_of(emulator) if line["message"] == "working"]

    with concurrent.futures.ThreadPoolExecutor() as pool:
        answer = pool.submit(emulator.ask, event)
        (request_id,) = wait_until(working, what="the handler")
        yield request_id, answer


# --- events and headers ---


def test_emulator_events(emulate_both):
    emulator = emulate_both()
    for event in ("[1]", "\u00e9\U0001f30d", "x" * 5000000):
        assert emulator.invoke(event.encode())["event"] == event


def test_emulator_headers_classic(emulate):
    answer = json.loads(emulate().ask(b"[1]", **OF_A_CALLER)[2])
    assert (answer["client_context"], answer["tenant_id"]) == ('{"a":1}', "blue")
    assert answer["content_type"] == "application/json"  # whatever the caller says
    missing = ("trace_id", "cognito_identity", "invocation_id")
    assert [answer[name] for name in missing] == ["", "", ""]


def test_emulator_headers_managed(emulate_managed):
    answer = json.loads(emulate_managed().ask(b"[1]", **OF_A_CALLER)[2])
    assert (answer["client_context"], answer["trace_id"]) == ('{"a":1}', TRACE_ID)
    assert answer["content_type"] == OF_A_CALLER["Content_Type"]
    assert (answer["tenant_id"], answer["environment"]) == ("", "")
    assert answer["invocation_id"]


def test_emulator_deadline_classic(emulate):
    answer = emulate(AWS_LAMBDA_FUNCTION_TIMEOUT="7").invoke(b"[1]")
    assert 0 < answer["deadline_ms"] / 1000 - time.time() <= 7


def test_emulator_deadline_managed(emulate_managed):
    """It is too late by years, which an int64 holds."""
    answer = emulate_managed(AWS_LAMBDA_FUNCTION_TIMEOUT="7").invoke(b"[1]")
    assert time.time() * 1000 < answer["deadline_ms"] < 2**63 - 1


# --- errors and limits ---


def test_emulator_error(emulate_both):
    emulator = emulate_both()
    assert emulator.invoke(FAIL)["errorType"] == "Function.Asked"
    assert emulator.invoke(b"[1]")["event"] == "[1]"


def test_emulator_error_has_no_sign_classic(emulate):
    status, headers, body = emulate().ask(FAIL)
    assert (status, headers["Error-Type"]) == (200, None)
    assert json.loads(body)["errorMessage"] == 'It was asked to fail: caf\u00e9 "\x7f".'


@pytest.mark.parametrize(
    ("event", "seen"), [(FAIL, "Function.Asked"), (ODD, "Function.Unknown"), (b"[1]", None)]
)
def test_emulator_error_type_managed(emulate_managed, event, seen):
    status, headers, _ = emulate_managed().ask(event)
    assert (status, headers["Error-Type"]) == (200, seen)


def test_emulator_longest_response(emulate_both):
    emulator = emulate_both()
    assert len(emulator.post(EXACT)) == RESPONSE_MAX
    assert emulator.invoke(LARGE)["errorType"] == "Runtime.ResponseTooLarge"
    assert emulator.invoke(b"[1]")["event"] == "[1]"


@pytest.mark.parametrize("event", [OVER, FLOOD], ids=["response", "stream"])
def test_emulator_413(emulate_one, event):
    emulator = emulate_one()
    with assert_one_process(emulator):
        assert emulator.invoke(event)["errorType"] == "Function.ResponseSizeTooLarge"
        wait_for_status(emulator, 413)


# --- streams ---


def test_emulator_stream(emulate_both):
    emulator = emulate_both()
    assert emulator.post(STREAM) == b"piece, rest"
    emulator.post(BREAK)
    assert emulator.post(STREAM) == b"piece, rest"


def test_emulator_stream_that_breaks_classic(emulate):
    emulator = emulate()
    with assert_one_process(emulator):
        status, headers, body = emulator.ask(BREAK)
    assert (status, headers["Error-Type"], body) == (200, None, b"piece, ")


def test_emulator_stream_that_breaks_managed(emulate_managed_one):
    emulator = emulate_managed_one()
    with assert_one_process(emulator):
        status, headers, body = emulator.ask(BREAK)
    assert (status, headers["Error-Type"]) == (200, "Function.Asked")
    assert json.loads(body)["errorMessage"] == "It was asked to break: caf\u00e9."


# --- time-outs ---


def test_emulator_timeout_classic(emulate):
    emulator = emulate(**SHORT)
    with assert_next_process(emulator):
        assert emulator.post(LINGER) == b"Task timed out after 2.00 seconds"
    assert "Sending SIGKILL to runtime" in emulator.stderr


def test_emulator_timeout_managed(emulate_managed_one):
    """The handler goes on, and nobody wants its answer any more."""
    emulator = emulate_managed_one(**SHORT)
    with assert_one_process(emulator):
        assert emulator.invoke(LINGER)["errorType"] == "Sandbox.Timedout"
        wait_for_status(emulator, 410)


# --- the end of the process ---


def test_emulator_init_error_classic(emulate):
    status, _, body = emulate(INIT_FAILS="1").ask(b"[1]")
    error = {"errorType": "Function.InitBroken", "errorMessage": "It cannot start."}
    assert (status, json.loads(body)) == (502, error | {"stackTrace": []})


def test_emulator_init_error_managed(emulate_managed):
    emulator = emulate_managed(INIT_FAILS="1")
    emulator.wait()
    assert 'msg="rie server stopped" err=Function.InitBroken' in emulator.stdout


def test_emulator_exit_in_init_classic(emulate):
    status, _, body = emulate(INIT_EXITS="1").ask(b"[1]")
    assert (status, body) == (502, b"")


def test_emulator_exit_in_init_managed(emulate_managed):
    emulator = emulate_managed(INIT_EXITS="1")
    emulator.wait()
    assert 'msg="rie server stopped" err=Runtime.ExitError' in emulator.stdout


def test_emulator_exit_classic(emulate):
    emulator = emulate()
    with assert_next_process(emulator):
        status, _, body = emulator.ask(EXIT)
        assert (status, json.loads(body)["errorType"]) == (502, "Runtime.ExitError")
    assert "Runtime exited with error: exit status 7" in json.loads(body)["errorMessage"]


def test_emulator_exit_managed(emulate_managed):
    emulator = emulate_managed()
    assert emulator.invoke(EXIT) == {"errorType": "Runtime.ExitError"}
    emulator.wait()


def test_emulator_sigterm_with_a_hook(emulate_both):
    emulator = emulate_both(SHUTDOWN="1")
    emulator.invoke(b"[1]")
    emulator.terminate()
    wait_until(lambda: "goodbye" in emulator.stdout + emulator.stderr, what="the goodbye")


def test_emulator_sigkill_without_a_hook(emulate_both):
    emulator = emulate_both()
    emulator.invoke(b"[1]")
    emulator.terminate()
    emulator.wait()
    assert "Sending SIGKILL to" in emulator.stdout + emulator.stderr
    assert {line["message"] for line in log_of(emulator)} <= {"handling"}


def test_emulator_knows_of_no_snapshots_classic(emulate):
    emulator = emulate(AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")
    with assert_one_process(emulator):
        wait_for_status(emulator, 404)


# --- a Runtime API that somebody else uses as well ---


def test_emulator_next_again_classic(emulate):
    """The same event comes again, and is answered once."""
    emulator = emulate()
    with assert_one_process(emulator):
        with while_it_works(emulator, LINGER) as (request_id, answer):
            status, headers, body = ask_api(emulator, "GET", "invocation/next")
            assert (status, body) == (200, LINGER)
            assert headers["Lambda-Runtime-Aws-Request-Id"] == request_id
        assert json.loads(answer.result()[2])["request_id"] == request_id


def test_emulator_next_again_managed(emulate_managed_one):
    """Whoever asks is one more worker, and gets another event."""
    emulator = emulate_managed_one()
    with assert_one_process(emulator), concurrent.futures.ThreadPoolExecutor() as pool:
        with while_it_works(emulator, LINGER) as (request_id, answer):
            got = pool.submit(ask_api, emulator, "GET", "invocation/next")
            other = pool.submit(emulator.post, b"[2]")
            _, headers, body = got.result()
            other_id = headers["Lambda-Runtime-Aws-Request-Id"]
            assert (body, other_id != request_id) == (b"[2]", True)
            ask_api(emulator, "POST", f"invocation/{other_id}/response", b'"other"')
            assert other.result() == b'"other"'
        assert json.loads(answer.result()[2])["request_id"] == request_id


def answer_before_it(emulator, status, body=b'"other"', **headers):
    """Answers the event at which the function works, and is told so."""
    with while_it_works(emulator, LINGER) as (request_id, answer):
        path = f"invocation/{request_id}/response"
        assert ask_api(emulator, "POST", path, body, **headers)[0] == status
    return answer.result()


def test_emulator_second_response_classic(emulate):
    emulator = emulate()
    with assert_one_process(emulator):
        assert answer_before_it(emulator, 202)[2] == b'"other"'
        wait_for_status(emulator, 403)


def test_emulator_second_response_managed(emulate_managed_one):
    emulator = emulate_managed_one()
    with assert_one_process(emulator):
        assert answer_before_it(emulator, 202)[2] == b'"other"'
        wait_for_status(emulator, 400)


def test_emulator_wrong_invocation_id_managed(emulate_managed_one):
    """It closes nothing: the function's own answer has the right one, and is taken."""
    emulator = emulate_managed_one()
    with assert_one_process(emulator):
        _, _, body = answer_before_it(emulator, 410, Lambda_Runtime_Invocation_Id="wrong")
        assert json.loads(body)["event"] == LINGER.decode()


def assert_gave_up(emulator):
    """Its answer was not taken, and six times it got no event."""
    refused = [line for line in log_of(emulator) if line.get("status") == 403]
    assert len(refused) == 1 + 6
    assert "too many failures to get an event" in emulator.stdout


BAD_MODE = {"Lambda_Runtime_Function_Response_Mode": "odd"}


def test_emulator_bad_response_mode_classic(emulate):
    emulator = emulate()
    with assert_next_process(emulator):
        assert answer_before_it(emulator, 400, **BAD_MODE)[0] == 502
    assert_gave_up(emulator)


def test_emulator_bad_response_mode_managed(emulate_managed_one):
    emulator = emulate_managed_one()
    with assert_one_process(emulator):
        _, headers, _ = answer_before_it(emulator, 400, **BAD_MODE)
        assert headers["Error-Type"] == "Runtime.InvalidResponseModeHeader"
        wait_for_status(emulator, 400)


def truncate_before_it(emulator):
    """Sends a part of a chunk: what is said to that, and what the caller gets."""
    with while_it_works(emulator, LINGER) as (request_id, answer):
        head = (
            f"POST /2018-06-01/runtime/invocation/{request_id}/response HTTP/1.1\r\n"
            "Host: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npar"
        )
        with socket.create_connection(("127.0.0.1", emulator.api_port), timeout=20) as half:
            half.sendall(head.encode())
            half.shutdown(socket.SHUT_WR)
            said = half.recv(65536)
    return said, answer.result()


def test_emulator_truncated_stream_classic(emulate):
    emulator = emulate()
    with assert_next_process(emulator):
        said, (status, _, _) = truncate_before_it(emulator)
        assert (said, status) == (b"", 502)
    assert_gave_up(emulator)


def test_emulator_truncated_stream_managed(emulate_managed_one):
    emulator = emulate_managed_one()
    with assert_one_process(emulator):
        said, (_, headers, _) = truncate_before_it(emulator)
        assert said.startswith(b"HTTP/1.1 400 ") and b"TruncatedHTTPRequest" in said
        assert headers["Error-Type"] == "Runtime.TruncatedResponse"
        wait_for_status(emulator, 400)


# --- several events at once ---


def test_emulator_as_many_at_once_as_workers(emulate_managed):
    """Two get an answer, and two that nobody is free."""
    emulator = emulate_managed()

    def statuses():
        with concurrent.futures.ThreadPoolExecutor() as pool:
            return sorted(pool.map(lambda event: emulator.ask_once(event)[0], [WAIT] * 4))

    wait_until(lambda: statuses() == [200, 200, 400, 400], what="two workers of two")
