"""Who may do what: the policies of the stack, put to requests that should and should not pass."""

import pytest

from policies import ALLOWED, DENIED, SILENT, Request, decide, listed, principals

ACCOUNT = "123456789012"
OTHER = "999999999999"
OWN_ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER}:root"
ORGANIZATION = "o-a1b2c3d4e5"
ROLE = {"Fn::GetAtt": ["AlertRole", "Arn"]}
TOPIC = {"Ref": "AlertTopic"}
QUEUE = {"Fn::GetAtt": ["UndeliveredEvents", "Arn"]}
BUS = {"Fn::GetAtt": ["CentralBus", "Arn"]}
CLOUDWATCH, EVENTS = "cloudwatch.amazonaws.com", "events.amazonaws.com"
ALARM = f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:any"


def statements_of(stack, kind):
    (policy,) = stack.of_type(kind).values()
    return listed(policy["PolicyDocument"]["Statement"])


def documents(stack):
    """Every policy in the stack: (where, statement)."""
    for name, resource in stack.resources.items():
        properties = resource["Properties"]
        found = [each["PolicyDocument"] for each in properties.get("Policies", [])]
        found += [
            properties[member]
            for member in ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument")
            if member in properties
        ]
        found += [properties] if resource["Type"] == "AWS::Events::EventBusPolicy" else []
        for document in found:
            for statement in listed(document["Statement"]):
                yield name, statement


TRACING = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]


def test_no_wildcard(stack):
    """But two: a key's own policy calls the key so, and X-Ray has nothing to name."""
    for name, statement in documents(stack):
        assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement), name
        assert not any("*" in action for action in listed(statement["Action"])), name
        if name != "TopicKey" and statement["Action"] != TRACING:
            assert not any("*" in str(each) for each in listed(statement.get("Resource", ""))), name


def test_everybody_is_denied_or_of_the_organization(stack):
    for name, statement in documents(stack):
        if "Principal" in statement and "*" in principals(statement):
            condition = statement.get("Condition", {})
            wanted = condition.get("StringEquals", {}).get("aws:PrincipalOrgID")
            assert statement["Effect"] == "Deny" or wanted == ORGANIZATION, name


def test_every_policy_is_known(everything):
    assert {name for name, _ in documents(everything)} == {
        "AlertRole",
        "AlertTopicPolicy",
        "CentralBusPolicy",
        "TopicKey",
        "UndeliveredEventsPolicy",
    }


def test_the_role_is_lambdas_and_has_nothing_managed(stack):
    (role,) = stack.of_type("AWS::IAM::Role").values()
    assert set(role) == {"AssumeRolePolicyDocument", "Policies"}
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


def of_account(number, **context):
    return {"aws:PrincipalAccount": number, "aws:PrincipalIsAWSService": "false"} | context


def of_member(number, organization):
    return of_account(number, **{"aws:PrincipalOrgID": organization})


def of_person(number, name, secure="true"):
    person = {"aws:PrincipalArn": f"arn:aws:iam::{number}:{name}", "aws:SecureTransport": secure}
    return of_account(number, **person)


def of_role(secure="true"):
    return of_account(ACCOUNT, **{"aws:PrincipalArn": ROLE, "aws:SecureTransport": secure})


def of_service(number, source, secure="true"):
    return {
        "aws:PrincipalIsAWSService": "true",
        "aws:SourceAccount": number,
        "aws:SourceArn": source,
        "aws:SecureTransport": secure,
    }


PUBLISH = {  # who, what is known of the request: what the topic's policy says
    "the function": (OWN_ROOT, of_role(), SILENT),  # the role's own policy allows it
    "the function, in the clear": (OWN_ROOT, of_role("false"), DENIED),
    "an administrator": (OWN_ROOT, of_person(ACCOUNT, "user/admin"), DENIED),
    "another role": (OWN_ROOT, of_person(ACCOUNT, "role/AlertRole"), DENIED),
    "the root user": (OWN_ROOT, of_person(ACCOUNT, "root"), DENIED),
    "another account": (OTHER_ROOT, of_person(OTHER, "user/admin"), DENIED),
    "nobody": ("", {"aws:SecureTransport": "true"}, DENIED),
    "an alarm": (CLOUDWATCH, of_service(ACCOUNT, ALARM), ALLOWED),
    "an alarm, in the clear": (CLOUDWATCH, of_service(ACCOUNT, ALARM, "false"), DENIED),
    "another account's alarm": (CLOUDWATCH, of_service(OTHER, ALARM), SILENT),
    "an alarm that is none": (CLOUDWATCH, of_service(ACCOUNT, "arn:aws:s3:::bucket"), SILENT),
    "another service": (EVENTS, of_service(ACCOUNT, ALARM), SILENT),
}


@pytest.mark.parametrize("who", PUBLISH)
def test_who_publishes(everything, who):
    principal, context, wanted = PUBLISH[who]
    statements = statements_of(everything, "AWS::SNS::TopicPolicy")
    request = Request("sns:Publish", TOPIC, principal, context)
    assert decide(statements, request) == wanted


@pytest.mark.parametrize(
    ("name", "principal", "context", "wanted"),
    [
        ("an e-mail address", OWN_ROOT, of_account(ACCOUNT), SILENT),
        ("an e-mail address", OTHER_ROOT, of_account(OTHER), DENIED),
        ("an e-mail address", "", {}, DENIED),
        ("an organization", OTHER_ROOT, of_member(OTHER, ORGANIZATION), SILENT),
        ("an organization", OTHER_ROOT, of_member(OTHER, "o-other00000"), DENIED),
        ("an organization", OTHER_ROOT, of_account(OTHER), DENIED),
    ],
)
def test_who_subscribes(stacks, name, principal, context, wanted):
    statements = statements_of(stacks[name], "AWS::SNS::TopicPolicy")
    assert decide(statements, Request("sns:Subscribe", TOPIC, principal, context)) == wanted


def test_an_old_topic_keeps_its_policy(stacks):
    assert stacks["an old topic"].of_type("AWS::SNS::TopicPolicy") == {}


USE, ADMINISTER = "kms:GenerateDataKey", "kms:PutKeyPolicy"
THROUGH_SNS = {"kms:ViaService": "sns.us-east-1.amazonaws.com"}


@pytest.mark.parametrize(
    ("action", "principal", "context", "wanted"),
    [
        (USE, OWN_ROOT, THROUGH_SNS, ALLOWED),
        ("kms:Decrypt", OWN_ROOT, THROUGH_SNS, ALLOWED),
        ("kms:Decrypt", OWN_ROOT, {}, SILENT),
        ("kms:Decrypt", OWN_ROOT, {"kms:ViaService": "s3.us-east-1.amazonaws.com"}, SILENT),
        ("kms:Decrypt", OTHER_ROOT, THROUGH_SNS, SILENT),
        (USE, CLOUDWATCH, {"aws:SourceAccount": ACCOUNT}, ALLOWED),
        ("kms:Decrypt", CLOUDWATCH, {"aws:SourceAccount": ACCOUNT}, ALLOWED),
        (USE, CLOUDWATCH, {"aws:SourceAccount": OTHER}, SILENT),
        (USE, EVENTS, {"aws:SourceAccount": ACCOUNT}, SILENT),
        (ADMINISTER, OWN_ROOT, {}, ALLOWED),
        (ADMINISTER, OTHER_ROOT, {}, SILENT),
        (ADMINISTER, CLOUDWATCH, {"aws:SourceAccount": ACCOUNT}, SILENT),
        ("kms:CreateGrant", OWN_ROOT, {}, SILENT),
    ],
)
def test_who_uses_the_key(everything, action, principal, context, wanted):
    statements = everything.of_type("AWS::KMS::Key")["TopicKey"]["KeyPolicy"]["Statement"]
    assert decide(statements, Request(action, "any", principal, context)) == wanted


def test_the_rules_and_nothing_else_fill_the_queue(stack):
    (policy,) = stack.of_type("AWS::SQS::QueuePolicy").values()
    assert policy["Queues"] == [{"Ref": "UndeliveredEvents"}]
    statements = statements_of(stack, "AWS::SQS::QueuePolicy")
    for rule in stack.of_type("AWS::Events::Rule"):
        context = {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}
        assert decide(statements, Request("sqs:SendMessage", QUEUE, EVENTS, context)) == ALLOWED
        assert decide(statements, Request("sqs:SendMessage", QUEUE, CLOUDWATCH, context)) == SILENT
    context = {"aws:SourceArn": f"arn:aws:events:us-east-1:{ACCOUNT}:rule/other"}
    assert decide(statements, Request("sqs:SendMessage", QUEUE, EVENTS, context)) == SILENT


def test_the_rules_and_nothing_else_invoke_the_function(stack):
    permissions = list(stack.of_type("AWS::Lambda::Permission").values())
    for permission in permissions:
        assert permission["Principal"] == EVENTS
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["FunctionName"] == {"Ref": "AlertFunction"}
    sources = [permission["SourceArn"]["Fn::GetAtt"][0] for permission in permissions]
    assert sorted(sources) == sorted(stack.of_type("AWS::Events::Rule"))


CALL, STATUS = "AWS API Call via CloudTrail", "Region Opt-In Status Change"


@pytest.mark.parametrize(
    ("name", "organization", "source", "detail_type", "wanted"),
    [
        ("an organization", ORGANIZATION, "aws.account", CALL, ALLOWED),
        ("an organization", ORGANIZATION, "aws.account", STATUS, SILENT),
        ("all there is", ORGANIZATION, "aws.account", STATUS, ALLOWED),
        ("an organization", ORGANIZATION, "aws.ec2", CALL, SILENT),
        ("an organization", ORGANIZATION, "enable-region-alert", "Alert Test", SILENT),
        ("an organization", "o-other00000", "aws.account", CALL, SILENT),
        ("an organization", None, "aws.account", CALL, SILENT),
    ],
)
def test_who_forwards_what(stacks, name, organization, source, detail_type, wanted):
    (policy,) = stacks[name].of_type("AWS::Events::EventBusPolicy").values()
    context = {"events:source": source, "events:detail-type": detail_type}
    context |= {"aws:PrincipalOrgID": organization} if organization else {}
    request = Request("events:PutEvents", BUS, OTHER_ROOT, context)
    assert decide([policy["Statement"]], request) == wanted


def test_the_bus_takes_what_the_pattern_needs(everything):
    """A rule for another service needs its source in CentralBusPolicy too."""
    (policy,) = everything.of_type("AWS::Events::EventBusPolicy").values()
    condition = policy["Statement"]["Condition"]
    pattern = everything.of_type("AWS::Events::Rule")["CentralApiCall"]["EventPattern"]
    assert condition["StringEquals"]["events:source"] == pattern["source"]
    (detail_type,) = pattern["detail-type"]
    assert condition["StringLike"]["events:detail-type"][0] == f"*{detail_type['suffix']}"
