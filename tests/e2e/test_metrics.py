"""One log line for each invocation that CloudWatch makes metrics of."""

import json
import time

import pytest

from harness import events
from harness.function import RULE_ID
from harness.rules import FILTER
from harness.sns import refused

pytestmark = pytest.mark.asan
MATCH = events.read("enable-region-iam-user")
NO_MATCH = events.read("disable-region")
DENIED = refused(403, "AuthorizationError", "not authorized")
NAME = "some-function"
COUNTS = ("matched", "published", "suppressed", "failed")


@pytest.fixture
def named(start):
    """Starts the function as Lambda does, which tells it its name."""

    def named(**changes):
        return start(AWS_LAMBDA_FUNCTION_NAME=NAME, **changes)

    return named


def counts(line):
    return tuple(line[name] for name in COUNTS)


def test_line_is_an_embedded_metric(named):
    """Exactly these members: what CloudWatch is to take, and what every log line has."""
    before = int(time.time() * 1000)
    function = named()
    function.invoke(MATCH, request_id="some-request")
    (line,) = function.metrics
    timestamp = line["_aws"]["Timestamp"]
    duration = line["publishDuration"]
    assert before <= timestamp <= int(time.time() * 1000)
    assert isinstance(duration, int) and 0 <= duration < 10_000
    assert line == {
        "timestamp": line["timestamp"],
        "level": "INFO",
        "message": "event evaluated",
        "requestId": "some-request",
        "_aws": {
            "Timestamp": timestamp,
            "CloudWatchMetrics": [
                {
                    "Namespace": "enable-region-alert",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [
                        {"Name": "matched", "Unit": "Count"},
                        {"Name": "published", "Unit": "Count"},
                        {"Name": "suppressed", "Unit": "Count"},
                        {"Name": "failed", "Unit": "Count"},
                        {"Name": "publishDuration", "Unit": "Milliseconds"},
                    ],
                }
            ],
        },
        "FunctionName": NAME,
        "matched": 1,
        "published": 1,
        "suppressed": 0,
        "failed": 0,
        "publishDuration": duration,
    }


@pytest.mark.parametrize("name", [None, ""])
def test_without_a_name_there_is_no_dimension(start, name):
    """A dimension without a value would make CloudWatch refuse the line."""
    function = start(AWS_LAMBDA_FUNCTION_NAME=name)
    function.answer(MATCH)
    (line,) = function.metrics
    assert "FunctionName" not in line
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [[]]


def test_each_invocation_counts_for_itself(named, sns):
    function = named()
    sns.faults.extend([None, DENIED])
    for event in (MATCH, events.anew(MATCH), NO_MATCH, MATCH, b"{", b"{}", b""):
        function.invoke(event)
    assert [counts(line) for line in function.metrics] == [
        (1, 1, 0, 0),
        (1, 0, 0, 1),
        (0, 0, 0, 0),
        (1, 0, 1, 0),  # a copy of the first
        (0, 0, 0, 1),
        (0, 0, 0, 1),
        (0, 0, 0, 1),
    ]


def test_duration_only_where_something_was_published(named, sns):
    """A zero would spoil the average."""
    function = named()
    sns.faults.extend([None, DENIED])
    for event in (MATCH, events.anew(MATCH), NO_MATCH, MATCH, b"{"):
        function.invoke(event)
    has_duration = ["publishDuration" in line for line in function.metrics]
    listed = [
        "publishDuration" in [metric["Name"] for metric in directive["Metrics"]]
        for line in function.metrics
        for directive in line["_aws"]["CloudWatchMetrics"]
    ]
    assert has_duration == listed == [True, False, False, False, False]


def test_duration_is_without_the_wait_of_the_pace(named):
    """It tells how SNS does, not how we do."""
    function = named(ALERT_MAX_PER_SECOND="1")
    for _ in range(2):
        function.answer(events.anew(MATCH))
    assert all(line["publishDuration"] < 900 for line in function.metrics)


@pytest.mark.parametrize("failing", [0, 1], ids=["the first", "the second"])
def test_two_rules_of_which_one_fails(named, three_rules, sns, failing):
    function = named(LAMBDA_TASK_ROOT=str(three_rules))
    sns.faults.extend([None] * failing + [DENIED])
    function.invoke(MATCH)
    function.invoke(MATCH)
    assert [counts(line) for line in function.metrics] == [(2, 1, 0, 1), (2, 1, 1, 0)]


def test_what_a_filter_takes_away_is_suppressed(named, three_rules):
    (three_rules / "rules/mf_bob.yml").write_text(FILTER.format(rule=RULE_ID))
    function = named(LAMBDA_TASK_ROOT=str(three_rules))
    function.answer(MATCH)
    assert [counts(line) for line in function.metrics] == [(2, 1, 1, 0)]


def test_line_is_json_in_a_text_log(named):
    """The format is for people; CloudWatch reads JSON alone."""
    function = named(AWS_LAMBDA_LOG_FORMAT="Text")
    function.invoke(MATCH, request_id="some-request")
    lines = [line for line in function.stderr.splitlines() if "event evaluated" in line]
    assert len(lines) == 1
    line = json.loads(lines[0])
    assert counts(line) == (1, 1, 0, 0)
    assert (line["requestId"], line["FunctionName"]) == ("some-request", NAME)


@pytest.mark.parametrize(
    ("level", "present"),
    [("TRACE", True), ("DEBUG", True), ("INFO", True), ("WARN", False), ("ERROR", False)],
)
@pytest.mark.parametrize("form", ["JSON", "Text"])
def test_level_decides(named, level, present, form):
    function = named(AWS_LAMBDA_LOG_LEVEL=level, AWS_LAMBDA_LOG_FORMAT=form)
    function.answer(MATCH)
    assert len(function.metrics) == present


def test_hostile_name_stays_a_text(start):
    name = 'x","level":"FATAL","message":"forged\u2028'
    function = start(AWS_LAMBDA_FUNCTION_NAME=name)
    function.answer(MATCH)
    (line,) = function.metrics
    assert (line["level"], line["FunctionName"]) == ("INFO", name)
