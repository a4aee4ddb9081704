"""One Publish as it stands on the wire."""

import pytest

from harness import events
from harness.function import AUTHORS, RULE_ID
from harness.sigv4 import signed_headers
from harness.sns import CONTENT_TYPE, Sns

pytestmark = pytest.mark.asan
EVENT = events.read("enable-region-assumed-role-sso")


def test_answer_names_rule_event_and_message(function):
    answer = function.answer(EVENT)
    (alert,) = answer["alerts"]
    assert answer == {"matched": 1, "alerts": [alert], "suppressed": []}
    assert (alert["ruleId"], alert["eventId"]) == (RULE_ID, events.event_id(EVENT))
    assert set(alert) == {"ruleId", "eventId", "messageId"}
    assert len(alert["messageId"]) == 36


def test_connection_is_opened_before_the_first_event(function, api, sns):
    """The HEAD of the INIT phase carries no signature, and the Publish goes the same way."""
    function.answer(EVENT)
    head, post = sns.requests
    assert (head.method, post.method) == ("HEAD", "POST")
    assert head.time < api.gets[0].time
    assert head.header("Authorization") == head.header("X-Amz-Security-Token") == ""
    assert (head.connection, post.connection, sns.connections) == (1, 1, 1)


def test_one_connection_serves_many_events(function, api, sns):
    for _ in range(5):
        function.answer(events.anew(EVENT))
    assert (len(sns.published), sns.connections, api.connections) == (5, 1, 1)


def test_headers(function, sns):
    """Exactly these are signed, and nothing comes along that a proxy or SNS could trip over."""
    function.answer(EVENT)
    (post,) = sns.posts
    assert signed_headers(post) == ["content-type", "host", "x-amz-date", "x-amz-security-token"]
    assert post.header("Content-Type") == CONTENT_TYPE
    assert post.header("Host") == f"127.0.0.1:{sns.port}"
    assert int(post.header("Content-Length")) == len(post.body)
    must = {
        "host",
        "authorization",
        "x-amz-date",
        "x-amz-security-token",
        "content-type",
        "content-length",
    }
    assert must <= set(post.header_names) <= must | {"user-agent", "accept"}
    assert len(post.header_names) == len(set(post.header_names))


def test_form_of_over_a_mebibyte(start, sns):
    """libcurl then asks first (Expect), and must not sign that: SNS would refuse it."""
    sns.max_bytes = 1048576
    event = events.vary(additionalEventData='"' * 100_000)  # each 12 characters of the form
    start(ALERT_FORMAT="ocsf", ALERT_MAX_BYTES="1048576").answer(event)
    (post,) = sns.posts
    assert len(post.body) > 1048576 and post.header("Expect") == "100-continue"
    assert signed_headers(post) == ["content-type", "host", "x-amz-date", "x-amz-security-token"]
    assert len(sns.published) == 1


def test_without_a_session_token_none_is_sent(start, sns):
    """The keys of an IAM user have no token; an empty variable is the same as none."""
    sns.credentials = type(sns.credentials)(sns.credentials.key_id, sns.credentials.secret, "")
    start(AWS_SESSION_TOKEN="").answer(EVENT)
    (post,) = sns.posts
    assert signed_headers(post) == ["content-type", "host", "x-amz-date"]
    assert "x-amz-security-token" not in post.header_names


def test_message_has_a_text_for_each_protocol(function, sns):
    function.answer(EVENT)
    (publish,) = sns.published
    assert set(publish.message) == {"default", "email", "email-json", "https", "sms"}
    assert publish.message["email"] == publish.message["email-json"]
    for text in publish.message.values():
        assert AUTHORS in text  # the duty of the rule's licence


def test_finding_is_an_ocsf_detection_finding(function, sns):
    function.answer(EVENT)
    (publish,) = sns.published
    finding = publish.finding
    alert_id = f"{RULE_ID}:{events.event_id(EVENT)}"
    assert (finding["class_uid"], finding["category_uid"], finding["type_uid"]) == (2004, 2, 200401)
    assert (finding["activity_id"], finding["severity_id"]) == (1, 3)
    assert finding["time"] == 1795166047000  # 2026-11-20T09:14:07Z
    assert finding["message"] == publish.subject
    assert finding["metadata"]["uid"] == finding["finding_info"]["uid"] == alert_id
    assert finding["finding_info"]["analytic"]["uid"] == RULE_ID
    assert finding["cloud"]["account"]["uid"] == "111122223333"
    assert finding["raw_data"].encode() == EVENT


def test_region_of_the_topic_is_the_region_of_the_signature(start, sns):
    """AWS_REGION is where the function runs, which may be elsewhere."""
    sns.topic_arn = "arn:aws:sns:eu-central-1:111122223333:alerts"
    start(ALERT_TOPIC_ARN=sns.topic_arn, AWS_REGION="us-east-1").answer(EVENT)
    assert len(sns.published) == 1


def test_fifo_topic(start, sns):
    """The alert's id is the deduplication id; one that SNS would not take is replaced, not sent."""
    sns.topic_arn = "arn:aws:sns:us-east-1:111122223333:alerts.fifo"
    function = start(ALERT_TOPIC_ARN=sns.topic_arn)
    function.answer(EVENT)
    function.answer(events.vary(eventID="caf\u00e9 " * 60), request_id="lambda-request-id")
    wanted = [f"{RULE_ID}:{events.event_id(EVENT)}", f"{RULE_ID}:lambda-request-id"]
    assert [publish.fifo["MessageDeduplicationId"] for publish in sns.published] == wanted
    assert {publish.fifo["MessageGroupId"] for publish in sns.published} == {"111122223333"}


def test_plain_http_to_loopback(start):
    """For emulators: the only way without TLS."""
    with Sns(None) as plain:
        start(AWS_ENDPOINT_URL_SNS=plain.url, AWS_CA_BUNDLE=None).answer(EVENT)
        assert len(plain.published) == 1 and plain.refusals == []


def test_general_endpoint_variable(start, sns):
    start(AWS_ENDPOINT_URL_SNS=None, AWS_ENDPOINT_URL=sns.url + "/").answer(EVENT)
    assert len(sns.published) == 1


def test_service_endpoint_variable_wins(start, sns):
    start(AWS_ENDPOINT_URL="https://127.0.0.1:1").answer(EVENT)
    assert len(sns.published) == 1


def test_credentials_missing(start, sns):
    function = start(AWS_SECRET_ACCESS_KEY="")
    assert function.invoke(EVENT).error_type == "Function.NoCredentials"
    assert sns.posts == []
    assert function.answer(events.read("disable-region"))["matched"] == 0  # needs none


@pytest.mark.parametrize(
    "name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]
)
def test_credentials_cannot_smuggle_a_header(start, sns, name):
    function = start(**{name: "EXAMPLE\r\nX-Smuggled: yes"})
    assert function.invoke(EVENT).error_type == "Function.NoCredentials"
    assert sns.posts == []
