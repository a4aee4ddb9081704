"""lambda-c-runtime under the real emulator as on managed instances: several events at once."""

import concurrent.futures

import pytest

from harness.emulator import ManagedEmulator
from harness.function import RUNTIME
from harness.processes import wait_until

pytestmark = pytest.mark.skipif(
    not ManagedEmulator.possible(), reason="no mount namespace can be had here"
)
WORKERS = 4


@pytest.fixture
def start(tmp_path):
    """Starts the example behind an emulator."""
    running = []

    def start(timeout="10", example="concurrent"):
        env = {"PATH": "/usr/sbin:/usr/bin:/bin", "AWS_LAMBDA_FUNCTION_TIMEOUT": timeout}
        program = RUNTIME / "examples" / example
        running.append(ManagedEmulator(env, tmp_path, program, WORKERS))
        return running[-1]

    yield start
    for emulator in running:
        emulator.stop()


def invoke_all(emulator, events):
    """The answers to events that are sent at the same time."""
    with concurrent.futures.ThreadPoolExecutor(len(events)) as pool:
        return list(pool.map(emulator.invoke, events))


def test_as_many_at_once_as_there_are_workers(start):
    emulator = start()
    for _ in range(2):
        assert sorted(invoke_all(emulator, [b"1500"] * WORKERS)) == [1, 2, 3, 4]


def test_an_error_is_that_of_its_own_invocation(start):
    emulator = start()
    for _ in range(5):
        good, bad, *more = invoke_all(emulator, [b"100", b"99999", b"100", b"100"])
        assert bad["errorType"] == "Function.WaitTooLong"
        assert all(0 < answer <= WORKERS for answer in [good, *more])


def test_a_late_answer_ends_nothing(start):
    """The emulator gives up on the first event; its worker goes on, and the others never notice."""
    emulator = start(timeout="1")
    late, *others = invoke_all(emulator, [b"2000", b"100", b"100", b"100"])
    assert "errorType" in late
    assert all(0 < answer <= WORKERS for answer in others)
    wait_until(lambda: "the invocation had timed out" in emulator.stdout + emulator.stderr)
    assert sorted(invoke_all(emulator, [b"900"] * WORKERS)) == [1, 2, 3, 4]


def test_an_error_that_ends_a_stream_is_taken_from_the_trailers(start):
    stream = start(example="stream")
    assert stream.post(b"[1]").endswith(b"3\n2\n1\nlift-off\n")
    assert stream.invoke(b"{}") == {
        "errorType": "Function.EventEmpty",
        "errorMessage": "There is nothing to lift off.",
        "stackTrace": [],
    }
    assert stream.post(b"[1]").endswith(b"lift-off\n")


def test_a_program_of_one_worker_says_so(start):
    emulator = start(example="echo")
    assert emulator.post(b"[1]") == b"[1]"
    assert emulator.post(b"[2]") == b"[2]"
    assert "this program takes one event at a time" in emulator.stdout + emulator.stderr
