"""The contract where several events come at once, a case for each line of it."""

import pytest

from harness.processes import wait_until
from harness.runtime_api import event_reply
from harness.wire import RESET, reply

WORKERS = 8


@pytest.fixture
def api(many):
    return many


@pytest.fixture
def crew(start, api):
    """The function, when each of its workers waits for an event."""
    mirror = start(AWS_LAMBDA_MAX_CONCURRENCY=str(WORKERS))
    wait_until(lambda: len(api.gets) == WORKERS, what="the workers")
    return mirror


def serve_all(crew, api, count):
    """One event for each of so many workers, none of which is done before all have theirs."""
    ids = {f"id-{number}" for number in range(count)}
    for request_id in ids:
        api.offer(event_reply(b'"wait"', request_id=request_id))
    outcomes = [crew.outcome() for _ in ids]
    assert {outcome.answer["request_id"] for outcome in outcomes} == ids
    assert {outcome.request_id for outcome in outcomes} == ids
    assert len({outcome.request.connection for outcome in outcomes}) == count
    return outcomes


def test_workers_have_a_connection_each(crew, api):
    serve_all(crew, api, WORKERS)
    wait_until(lambda: len(api.gets) == 2 * WORKERS, what="the workers again")
    assert api.connections == WORKERS


def test_workers_echo_each_its_own_invocation_id(crew, api):
    name = "Lambda-Runtime-Invocation-Id"
    for number in range(WORKERS):
        extra = [(name, f"try-{number}")]
        api.offer(event_reply(b'"wait"', request_id=f"id-{number}", extra=extra))
    outcomes = [crew.outcome() for _ in range(WORKERS)]
    pairs = {(outcome.request_id, outcome.request.header(name)) for outcome in outcomes}
    assert pairs == {(f"id-{number}", f"try-{number}") for number in range(WORKERS)}


def test_workers_leave_the_environment_alone(crew, api):
    assert {outcome.answer["environment"] for outcome in serve_all(crew, api, WORKERS)} == {""}


@pytest.mark.parametrize("steps", [reply(500), [RESET]], ids=["500", "reset"])
def test_workers_go_on_without_a_lost_one(crew, api, steps):
    api.post_replies.append(steps)
    crew.invoke(request_id="lost")
    wait_until(lambda: "a worker is lost" in crew.stderr, what="the loss")
    serve_all(crew, api, WORKERS - 1)
    assert crew.running


@pytest.mark.parametrize("status", [400, 403, 410, 413])
def test_workers_go_on_all_of_them(crew, api, status):
    """Also the one whose answer came too late, or was not wanted."""
    api.post_replies.append(reply(status))
    crew.invoke(request_id="late")
    wait_until(lambda: len(api.gets) == WORKERS + 1, what="that worker again")
    serve_all(crew, api, WORKERS)


def test_workers_that_cannot_start(start, api):
    """Each says so, although only the first is heard."""
    api.post_replies.extend([reply(202)] + [reply(403)] * (WORKERS - 1))
    crew = start(AWS_LAMBDA_MAX_CONCURRENCY=str(WORKERS), WORKER_FAILS=str(WORKERS))
    assert crew.wait() == 1
    outcomes = [crew.outcome() for _ in range(WORKERS)]
    assert {outcome.verb for outcome in outcomes} == {"init/error"}
    assert {outcome.error_type for outcome in outcomes} == {"Function.WorkerBroken"}
    assert api.gets == []


def test_workers_go_on_without_one_that_cannot_start(start, api):
    crew = start(AWS_LAMBDA_MAX_CONCURRENCY=str(WORKERS), WORKER_FAILS="1")
    assert crew.outcome().verb == "init/error"
    wait_until(lambda: len(api.gets) == WORKERS - 1, what="the other workers")
    serve_all(crew, api, WORKERS - 1)
    assert crew.running


def test_workers_lost_to_the_last(crew, api):
    for _ in range(WORKERS):
        api.offer(reply(500))
    assert crew.wait() == 1
    assert len(api.gets) == WORKERS


def test_workers_end_at_sigterm(crew, api):
    serve_all(crew, api, WORKERS)
    wait_until(lambda: len(api.gets) == 2 * WORKERS, what="the workers again")
    crew.terminate()
    assert crew.wait() == 0


@pytest.mark.parametrize("count", ["0", "1", "many", ""])
def test_workers_are_one_unless_the_variable_says_more(start, api, count):
    mirror = start(AWS_LAMBDA_MAX_CONCURRENCY=count)
    mirror.invoke()
    wait_until(lambda: len(api.gets) == 2, what="the next /next")
    assert api.connections == 1
