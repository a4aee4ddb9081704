"""The stack made by moto: what it holds, what its role may do, and which events pass its rules."""

import json

import pytest
from moto.cloudformation.parsing import ResourceMap

from cloudformation import PSEUDO
from moto_stack import MOTO_LACKS, SAMPLES, STACK, made_by_moto, put_event, put_queues, take
from parameters import KEY_ARN, SETS, TOPIC_ARN


def test_moto_decides_the_conditions_alike(template, stacks):
    """Stacks given to moto below have no conditions left; so ours are held against its reading."""
    for name, parameters in SETS.items():
        account, region = PSEUDO["AWS::AccountId"], PSEUDO["AWS::Region"]
        resources = ResourceMap("id", STACK, parameters, {}, region, account, template, {})
        resources.load_parameters()
        resources.load_conditions()
        assert dict(resources.lazy_condition_map.items()) == stacks[name].conditions, name


@pytest.fixture(scope="module", params=SETS)
def made(stacks, request):
    """Each stack; those tests that take the same one run in a row."""
    with made_by_moto(stacks[request.param]) as made:
        yield made


def only(name):
    return pytest.mark.parametrize("made", [name], indirect=True)


def test_it_is_made(made):
    assert made.described["StackStatus"] == "CREATE_COMPLETE"
    assert set(made.ids) == {
        name
        for name, resource in made.stack.resources.items()
        if resource["Type"] not in MOTO_LACKS
    }


def test_the_function_knows_its_topic(made):
    function = made.function()
    topic_arn = made.ids["AlertTopic"] if made.stack.conditions["OwnTopic"] else TOPIC_ARN
    assert function["Environment"]["Variables"]["ALERT_TOPIC_ARN"] == topic_arn
    assert function["Role"].endswith(f":role/{made.ids['AlertRole']}")
    assert made.outputs["TopicArn"] == topic_arn


def test_the_role_publishes_to_its_topic_and_no_other(made):
    topic_arn = made.outputs["TopicArn"]
    assert made.permits("sns:Publish", topic_arn)
    for other in (f"{topic_arn}2", topic_arn[:-1], made.arn("sns", "other"), "*"):
        assert not made.permits("sns:Publish", other), other
    for action in ("sns:Subscribe", "sns:SetTopicAttributes", "sns:DeleteTopic"):
        assert not made.permits(action, topic_arn), action


def test_the_role_writes_to_its_log_and_its_queue(made):
    group = made.arn("logs", f"log-group:{made.ids['LogGroup']}")
    other_group = made.arn("logs", "log-group:other")
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        assert made.permits(action, group)  # AWS's own Arn ends in :* here, for the streams in it
        assert not made.permits(action, other_group)
    assert not made.permits("logs:CreateLogGroup", group)
    assert made.permits("sqs:SendMessage", made.queue_arn("FailedInvocations"))
    assert not made.permits("sqs:SendMessage", made.queue_arn("UndeliveredEvents"))
    assert not made.permits("sqs:ReceiveMessage", made.queue_arn("FailedInvocations"))


def test_the_role_uses_the_key_of_its_topic(made):
    is_own = made.stack.conditions["OwnKey"]
    key_arn = made.arn("kms", f"key/{made.ids['TopicKey']}") if is_own else KEY_ARN
    region = made.outputs["TopicArn"].split(":")[3]
    through_sns = {"kms:ViaService": f"sns.{region}.amazonaws.com"}
    through_s3 = {"kms:ViaService": f"s3.{region}.amazonaws.com"}
    has_key = made.stack.conditions["HasKey"]
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        assert made.permits(action, key_arn, **through_sns) == has_key
        assert not made.permits(action, key_arn, **through_s3)
        assert not made.permits(action, made.arn("kms", "key/other"), **through_sns)
    assert not made.permits("kms:PutKeyPolicy", key_arn, **through_sns)


def test_the_role_traces_where_asked_to(made):
    for action in ("xray:PutTraceSegments", "xray:PutTelemetryRecords"):
        assert made.permits(action, "*") == made.stack.conditions["HasTracing"]
    assert not made.permits("xray:GetTraceSummaries", "*")


@only("an e-mail address")
def test_the_topic_has_its_key(made):
    attributes = made.client("sns").get_topic_attributes(TopicArn=made.ids["AlertTopic"])
    assert attributes["Attributes"]["KmsMasterKeyId"] == made.ids["TopicKey"]
    key = made.client("kms").get_key_rotation_status(KeyId=made.ids["TopicKey"])
    assert key["KeyRotationEnabled"] is True


@only("all there is")
def test_the_rules_are_on_their_buses(made):
    events = made.client("events")
    on = {
        bus["Name"]: len(events.list_rules(EventBusName=bus["Name"])["Rules"])
        for bus in events.list_event_buses()["EventBuses"]
    }
    assert on == {"default": 3, STACK: 2}


@only("all there is")
def test_which_events_pass(made):
    urls = put_queues(made)
    passed = {name: set() for name in urls}
    for sample, event in SAMPLES.items():
        for bus in ("default", STACK):
            put_event(made, event, bus)
        for name, url in urls.items():
            taken = take(made, url)
            assert all(json.loads(body)["detail"] == event["detail"] for body in taken)
            passed[name] |= {sample} if taken else set()
    calls = {name for name in SAMPLES if name.startswith("enable-region-")}
    calls -= {"enable-region-test"}  # it is not from AWS
    notices = {"region-status-enabling", "region-status-enabled"}
    assert passed == {
        "AlertFunctionApiCall": calls,
        "CentralApiCall": calls,
        "RegionStatus": notices,
        "CentralRegionStatus": notices,
    }
