"""Publishes keep a distance, for SNS cuts off an address that gets over ten e-mails a second.

Times are those of arrival. That something waits is measured from before the first event until the
last publish, which holds on a slow machine as well; that nothing waits, with a pace of a second.
"""

import itertools
import time

import pytest

from harness import events
from harness.sns import refused

EVENT = events.read("enable-region-iam-user")
FIFO_ARN = "arn:aws:sns:us-east-1:111122223333:alerts.fifo"
USUAL = 0.2  # seconds between two publishes
TICK = 0.002  # clocks here and there count whole milliseconds


def arrivals(sns):
    return [attempt.request.time for attempt in sns.attempts]


def smallest_gap(sns):
    """The one that the machine delayed least."""
    return min(later - earlier for earlier, later in itertools.pairwise(arrivals(sns)))


def send(function, count, **headers):
    """Sends so many new events, and returns when the first one was sent."""
    began = time.monotonic()
    for _ in range(count):
        assert len(function.answer(events.anew(EVENT), **headers)["alerts"]) == 1
    return began


@pytest.mark.asan
@pytest.mark.parametrize(
    ("value", "interval"), [(None, USUAL), ("", USUAL), ("20", 0.05), ("3", 0.334)]
)
def test_publishes_keep_the_distance(start, sns, value, interval):
    function = start(ALERT_MAX_PER_SECOND=value)
    began = send(function, 3)
    assert arrivals(sns)[-1] - began >= 2 * (interval - TICK)


def test_the_first_one_does_not_wait(start, sns):
    function = start(ALERT_MAX_PER_SECOND="1")
    function.answer(events.read("disable-region"))
    began = send(function, 1)
    assert arrivals(sns)[0] - began < 0.9


def test_the_distance_is_as_configured(start, sns):
    """20 a second are more than the usual 5."""
    send(start(ALERT_MAX_PER_SECOND="20"), 6)
    assert smallest_gap(sns) < USUAL * 0.75


def test_without_a_pace(start, sns):
    send(start(ALERT_MAX_PER_SECOND="0"), 6)
    assert smallest_gap(sns) < 0.05


@pytest.mark.asan
def test_rules_of_one_event_are_paced(start, sns, three_rules):
    function = start(ALERT_MAX_PER_SECOND=None, LAMBDA_TASK_ROOT=str(three_rules))
    began = time.monotonic()
    assert len(function.answer(EVENT)["alerts"]) == 2
    assert arrivals(sns)[-1] - began >= USUAL - TICK


def test_failed_publishes_count(start, sns):
    """SNS may have taken what it did not answer well."""
    function = start(ALERT_MAX_PER_SECOND=None)
    sns.faults.append(refused(403, "AuthorizationError", "not authorized"))
    began = time.monotonic()
    function.invoke(EVENT)
    function.answer(EVENT)
    assert arrivals(sns)[-1] - began >= USUAL - TICK


@pytest.mark.asan
def test_suppressed_copies_do_not_wait(start, sns):
    function = start(ALERT_MAX_PER_SECOND="1")
    function.answer(EVENT)
    began = time.monotonic()
    outcome = function.invoke(EVENT)
    assert outcome.answer["alerts"] == []
    assert outcome.request.time - began < 0.9


# --- what a pace must not cost ---


@pytest.mark.asan
@pytest.mark.parametrize("deadline_s", [5.4, 1.5])
def test_near_the_deadline_nothing_waits(start, sns, deadline_s):
    """With 5.5 s left or less, a publish is made at once rather than perhaps too late."""
    function = start(ALERT_MAX_PER_SECOND="1")
    began = send(function, 4, deadline_s=deadline_s)
    assert arrivals(sns)[-1] - began < 3  # as many seconds as there are distances
    assert len(sns.published) == 4


def test_waiting_ends_where_time_is_needed(start, sns, three_rules):
    """The second rule would wait into the time that it needs: it does not, and alerts."""
    function = start(ALERT_MAX_PER_SECOND="1", LAMBDA_TASK_ROOT=str(three_rules))
    outcome = function.invoke(EVENT, deadline_s=6)
    assert len(outcome.answer["alerts"]) == 2
    assert smallest_gap(sns) < 0.9


def test_fifo_topics_are_not_paced(start, sns):
    """They have no subscribers by e-mail."""
    sns.topic_arn = FIFO_ARN
    send(start(ALERT_TOPIC_ARN=FIFO_ARN, ALERT_MAX_PER_SECOND="1"), 4)
    assert smallest_gap(sns) < 0.9
