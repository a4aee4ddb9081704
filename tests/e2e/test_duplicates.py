"""An alert that a process has published is not published again; nothing else is held back."""

import json

import pytest

from harness import events
from harness.emulator import Emulator
from harness.function import RULE_ID, environment
from harness.ministack import Ministack
from harness.sns import refused

asan = pytest.mark.asan
EVENT = events.read("enable-region-iam-user")
EVENT_ID = events.event_id(EVENT)
REMEMBERED = 32


def warnings(function):
    return [line for line in function.log if line["level"] == "WARN"]


@asan
def test_second_delivery_is_suppressed(function, sns):
    """It is told all the same: in the answer, and at WARN in the log."""
    assert len(function.answer(EVENT)["alerts"]) == 1
    assert function.answer(EVENT) == {
        "matched": 1,
        "alerts": [],
        "suppressed": [{"ruleId": RULE_ID, "eventId": EVENT_ID, "reason": "duplicate"}],
    }
    assert len(sns.attempts) == 1
    (line,) = warnings(function)
    assert line["message"] == "alert suppressed: already published"
    assert line["alertId"] == f"{RULE_ID}:{EVENT_ID}"


@asan
@pytest.mark.parametrize(("others", "copies"), [(REMEMBERED - 1, 1), (REMEMBERED, 2)])
def test_the_last_32_are_remembered(function, sns, others, copies):
    function.answer(EVENT)
    for _ in range(others):
        function.answer(events.anew(EVENT))
    function.answer(EVENT)
    ids = [publish.finding["evidences"][0]["data"]["event_id"] for publish in sns.published]
    assert ids.count(EVENT_ID) == copies
    assert len(ids) == others + copies


@asan
def test_suppressed_copies_push_nothing_out(function, sns):
    """Only what is published takes a place among the 32."""
    function.answer(EVENT)
    for _ in range(2 * REMEMBERED):
        function.answer(EVENT)
    other = events.anew(EVENT)
    function.answer(other)
    assert function.answer(EVENT)["alerts"] == function.answer(other)["alerts"] == []
    assert len(sns.published) == 2


@asan
def test_what_failed_is_not_remembered(function, sns):
    sns.faults.append(refused(403, "AuthorizationError", "not authorized"))
    assert function.invoke(EVENT).error_type == "Function.PublishDenied"
    assert len(function.answer(EVENT)["alerts"]) == 1
    assert function.answer(EVENT)["alerts"] == []
    assert (len(sns.attempts), len(sns.published)) == (2, 1)


NO_ID = json.dumps(
    {"detail": {key: value for key, value in events.load()["detail"].items() if key != "eventID"}}
).encode()


@asan
@pytest.mark.parametrize(
    "event",
    [
        NO_ID,
        events.vary(eventID=None),
        events.vary(eventID=""),
        events.vary(eventID=7),
        events.vary(eventID="not a UUID"),
        events.vary(eventID=EVENT_ID + "0"),
        events.vary(eventID=EVENT_ID[:-1] + "x"),
    ],
    ids=["none", "null", "empty", "number", "text", "too long", "no hexadecimal"],
)
def test_without_a_uuid_nothing_is_a_copy(function, sns, event):
    """Nothing tells two such events from one that came twice. So each alerts, also with one request
    id, which stands in the alert's id then: Lambda's own retry has the same again."""
    for request_id in ("one", "one", "another"):
        assert len(function.answer(event, request_id=request_id)["alerts"]) == 1
    assert len(sns.published) == 3


@asan
def test_tests_are_never_copies(function, sns):
    """Nor does a test stand in the way of the real event with its eventID."""
    test = json.dumps(events.load() | {"source": "enable-region-alert"}).encode()
    for event in (test, test, EVENT):
        assert len(function.answer(event)["alerts"]) == 1
    assert [publish.subject.split()[0] for publish in sns.published] == ["TEST"] * 2 + ["SUCCEEDED"]
    assert function.answer(EVENT)["alerts"] == []
    assert len(function.answer(test)["alerts"]) == 1


@asan
def test_fifo_topic_takes_no_test_for_its_event(start, sns):
    """SNS would drop the real alert, and answer 200, if both had one deduplication id."""
    sns.topic_arn = "arn:aws:sns:us-east-1:111122223333:alerts.fifo"
    function = start(ALERT_TOPIC_ARN=sns.topic_arn)
    test = json.dumps(events.load() | {"source": "enable-region-alert"}).encode()
    for event in (test, test, EVENT):
        function.answer(event)
    ids = [publish.fifo["MessageDeduplicationId"] for publish in sns.published]
    assert len(set(ids)) == 3 and ids[2] == f"{RULE_ID}:{EVENT_ID}"


@asan
def test_another_record_with_the_same_id_is_a_copy(function, sns):
    """The id decides, which AWS gives: an envelope, a bare record, another delivery."""
    function.answer(EVENT)
    again = events.load() | {"id": "11111111-2222-4333-8444-555555555555"}
    for copy in (again, again["detail"]):
        assert function.answer(json.dumps(copy).encode())["alerts"] == []
    assert len(sns.published) == 1


def test_fifo_topic_deduplicates_across_processes(tmp_path):
    """What no process can know of another the topic knows: one event twice, one message."""
    other = events.anew(EVENT)
    with Ministack(tmp_path) as ministack:
        env = environment(ministack.url, topic_arn=ministack.topic_arn)
        answers = []
        for sent in ([EVENT, other], [EVENT]):
            with Emulator(env, tmp_path) as emulator:
                answers += [emulator.invoke(event) for event in sent]
        envelopes = ministack.queue.take()
    first, second, copy = [alert["messageId"] for answer in answers for alert in answer["alerts"]]
    assert copy == first != second
    assert [envelope["MessageId"] for envelope in envelopes] == [first, second]
    texts = [json.loads(envelope["Message"])["metadata"]["uid"] for envelope in envelopes]
    assert texts == [f"{RULE_ID}:{events.event_id(event)}" for event in (EVENT, other)]
