"""Several rules: each that matches alerts by itself, and one failure hides no other."""

import pytest

from harness import events
from harness.function import RULE_ID
from harness.rules import FILTER, RULE, SECOND_ID, THIRD_ID
from harness.sns import refused

pytestmark = pytest.mark.asan
EVENT = events.read("enable-region-iam-user")


@pytest.fixture
def function(start, three_rules):
    return start(LAMBDA_TASK_ROOT=str(three_rules))


def test_each_matching_rule_alerts(function, sns):
    answer = function.answer(EVENT)
    assert answer["matched"] == 2
    assert {alert["ruleId"] for alert in answer["alerts"]} == {RULE_ID, SECOND_ID}
    assert {alert["eventId"] for alert in answer["alerts"]} == {events.event_id(EVENT)}
    assert len({alert["messageId"] for alert in answer["alerts"]}) == 2
    ids = {publish.finding["metadata"]["uid"] for publish in sns.published}
    assert ids == {f"{rule}:{events.event_id(EVENT)}" for rule in (RULE_ID, SECOND_ID)}
    assert {publish.finding["severity_id"] for publish in sns.published} == {3, 4}


def test_only_the_matching_rule_alerts(function, sns):
    (alert,) = function.answer(events.read("disable-region"))["alerts"]
    assert alert["ruleId"] == SECOND_ID  # bob called DisableRegion
    (alert,) = function.answer(events.read("enable-region-root"))["alerts"]
    assert alert["ruleId"] == RULE_ID
    assert len(sns.published) == 2


def test_each_alert_names_its_own_authors(function, sns):
    function.answer(EVENT)
    by_rule = {
        publish.finding["finding_info"]["analytic"]["uid"]: publish for publish in sns.published
    }
    assert "The tests" in by_rule[SECOND_ID].email and "Ivan Saakov" not in by_rule[SECOND_ID].email
    assert "Ivan Saakov" in by_rule[RULE_ID].email and "The tests" not in by_rule[RULE_ID].email


@pytest.mark.parametrize("failing", [0, 1], ids=["the first", "the second"])
def test_one_of_two_fails(function, sns, failing):
    """The other is attempted all the same; the invocation is an error that names the rule."""
    sns.faults.extend([None] * failing + [refused(403, "AuthorizationError", "not authorized")])
    outcome = function.invoke(EVENT)
    assert outcome.error_type == "Function.PublishDenied"
    assert (len(sns.attempts), len(sns.published)) == (2, 1)
    failed = sns.attempts[failing].finding["finding_info"]["analytic"]["uid"]
    assert failed in outcome.error_message


def test_both_fail(function, sns):
    """The error names both with their reasons, under the type of the first."""
    sns.faults.append(refused(403, "AuthorizationError", "not authorized"))
    sns.faults.append(refused(400, "InvalidParameter", "too odd"))
    outcome = function.invoke(EVENT)
    first, second = (
        attempt.finding["finding_info"]["analytic"]["uid"] for attempt in sns.attempts
    )
    assert outcome.error_type == "Function.PublishDenied"
    names, reason, other = outcome.error_message.split(": ", 1)[1].split("rule ")
    assert names == f"{first}, {second}. "
    assert reason.startswith(f"{first}: ") and "not authorized" in reason
    assert other.startswith(f"{second}: ") and "too odd" in other
    assert sns.published == []


def test_a_notice_that_fails_is_an_error(function, sns):
    """It is no match of any rule, and still not to be lost."""
    sns.faults.append(refused(403, "AuthorizationError", "not authorized"))
    notice = events.read("region-status-enabled")
    outcome = function.invoke(notice)
    assert (outcome.error_type, sns.published) == ("Function.PublishDenied", [])
    assert function.answer(notice)["matched"] == 0
    assert len(sns.published) == 1


def test_a_retry_publishes_what_failed(function, sns):
    """Lambda repeats the event after an error: the alert that SNS has taken is not sent again."""
    sns.faults.extend([None, refused(403, "AuthorizationError", "not authorized")])
    function.invoke(EVENT)
    answer = function.answer(EVENT)
    ids = [attempt.finding["metadata"]["uid"] for attempt in sns.attempts]
    assert len(ids) == 3 and ids[0] != ids[1] == ids[2]
    assert answer["matched"] == 2
    assert [alert["ruleId"] for alert in answer["alerts"]] == [ids[1].split(":")[0]]
    assert [match["ruleId"] for match in answer["suppressed"]] == [ids[0].split(":")[0]]


def test_a_filter_takes_one_alert_away(start, three_rules, sns):
    """The match is still counted, in the answer and at WARN in the log; the other rule alerts."""
    (three_rules / "rules/mf_bob.yml").write_text(FILTER.format(rule=RULE_ID))
    function = start(LAMBDA_TASK_ROOT=str(three_rules))
    answer = function.answer(EVENT)
    event_id = events.event_id(EVENT)
    assert answer["matched"] == 2
    assert [alert["ruleId"] for alert in answer["alerts"]] == [SECOND_ID]
    assert answer["suppressed"] == [{"ruleId": RULE_ID, "eventId": event_id, "reason": "filter"}]
    assert len(sns.published) == 1
    (line,) = [line for line in function.log if line["level"] == "WARN"]
    assert line["alertId"] == f"{RULE_ID}:{event_id}"
    assert line["filterId"] == "33333333-3333-4333-8333-333333333333"
    assert line["filterTitle"] == "What bob does is planned"


def test_a_filter_leaves_other_events_alone(start, three_rules, sns):
    (three_rules / "rules/mf_bob.yml").write_text(FILTER.format(rule=RULE_ID))
    function = start(LAMBDA_TASK_ROOT=str(three_rules))
    answer = function.answer(events.read("enable-region-root"))
    assert [alert["ruleId"] for alert in answer["alerts"]] == [RULE_ID]
    assert answer["suppressed"] == []


def test_a_limit_is_an_error_and_not_a_silence(start, three_rules, sns):
    """A regular expression that would take for ever: nobody knows if the rule matches."""
    slow = RULE.format(
        title="Slow", id=THIRD_ID, level="low", selection="userAgent|re: '^(a+)+$'"
    )
    (three_rules / "rules/third.yml").write_text(slow)
    function = start(LAMBDA_TASK_ROOT=str(three_rules))
    text = EVENT.replace(b'"userAgent": "', b'"userAgent": "' + b"a" * 5000 + b"!", 1)
    assert text != EVENT
    outcome = function.invoke(text)
    assert outcome.error_type == "Function.RuleLimit"
    assert THIRD_ID in outcome.error_message and "takes too long" in outcome.error_message
    assert len(sns.published) == 2  # the other rules had their say all the same
