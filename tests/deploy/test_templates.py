"""deploy/organization/ and deploy/no-code.yaml: linted, in step with the rules, least privilege."""

import ast
import json
import re
import subprocess

import pytest
from moto.iam.access_control import IAMPolicy, PermissionResult

from account import ACCOUNT, ROOT, translate
from scripts import BUSYBOX, DASH, DEPLOY

MEMBER, NO_CODE = "deploy/organization/member.yaml", "deploy/no-code.yaml"
POLICIES = sorted((DEPLOY / "organization").glob("scp-*.json"))
BUS = "arn:aws:events:us-east-1:999999999999:event-bus/enable-region-alert"
NO_VALUE = {"Ref": "AWS::NoValue"}
STATUS = {
    "source": ["aws.account"],
    "detail-type": ["Region Opt-In Status Change"],
    "detail": {"status": ["ENABLING", "ENABLED"]},
}


def lint(*paths):
    """What cfn-lint has to say."""
    argv = [ROOT / "build/sam/bin/cfn-lint", "--", *paths]
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def pattern():
    """The EventBridge pattern that the rules need."""
    argv = [ROOT / "build/sigma", "pattern", ROOT / "function/rules"]
    return json.loads(subprocess.run(argv, capture_output=True, check=True).stdout)


@pytest.fixture(scope="module")
def member():
    return translate(MEMBER)


@pytest.fixture(scope="module")
def no_code():
    return translate(NO_CODE)["Resources"]


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def of_type(resources, kind):
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def test_cfn_lint_accepts_them():
    assert lint(MEMBER, NO_CODE) == ""


@pytest.mark.parametrize("shell", [DASH, BUSYBOX], ids=" ".join)
def test_make_patterns_writes_every_pattern(shell, pattern, tmp_path):
    texts = [(ROOT / path).read_text() for path in ("template.yaml", MEMBER, NO_CODE)]
    paths = [tmp_path / str(number) for number in range(len(texts) + 1)]
    for path, text in zip(paths, [*texts, texts[0] + texts[1]], strict=True):
        path.write_text(re.sub(r"(?m)^( *(?:Event)?Pattern: #.*\n +).*", r"\1stale", text))
    argv = [*shell, DEPLOY / "pattern.sh", ROOT / "build/sigma", *paths]
    subprocess.run(argv, cwd=ROOT, check=True)
    written = [path.read_text() for path in paths]
    assert written == [*texts, texts[0] + texts[1]], "run `make patterns`"


def test_make_patterns_knows_the_templates():
    makefile = (ROOT / "Makefile").read_text()
    (paths,) = re.findall(r"^PATTERNED := (.*)", makefile, re.M)
    holding = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "template.yaml", *DEPLOY.rglob("*.yaml"))
        if re.search(r"Pattern: #", path.read_text())
    }
    assert set(paths.split()) == holding == {"template.yaml", MEMBER, NO_CODE}


def test_members_forward_what_the_rules_need(member, pattern):
    rules = of_type(member["Resources"], "AWS::Events::Rule")
    assert rules["ApiCall"]["EventPattern"] == pattern
    assert rules["RegionStatus"]["EventPattern"] == STATUS
    assert member["Resources"]["RegionStatus"]["Condition"] == "HasRegionStatus"
    for rule in rules.values():
        assert "EventBusName" not in rule
        assert rule["Targets"] == [
            {
                "Id": "CentralBus",
                "Arn": {"Ref": "CentralBusArn"},
                "RoleArn": arn("ForwardRole"),
                "RetryPolicy": {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400},
                "DeadLetterConfig": {"Arn": arn("UndeliveredEvents")},
            }
        ]
    (assertion,) = member["Rules"]["Region"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}


def test_members_keep_what_could_not_be_forwarded(member):
    (queue,) = of_type(member["Resources"], "AWS::SQS::Queue").values()
    assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}
    (policy,) = of_type(member["Resources"], "AWS::SQS::QueuePolicy").values()
    assert policy["Queues"] == [{"Ref": "UndeliveredEvents"}]
    eventbridge, central = policy["PolicyDocument"]["Statement"]
    rules = [arn("ApiCall"), {"Fn::If": ["HasRegionStatus", arn("RegionStatus"), NO_VALUE]}]
    assert eventbridge == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn("UndeliveredEvents"),
        "Condition": {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnEquals": {"aws:SourceArn": rules},
        },
    }
    account_of_the_bus = {"Fn::Select": [4, {"Fn::Split": [":", {"Ref": "CentralBusArn"}]}]}
    assert central["Principal"] == {"AWS": account_of_the_bus}
    assert central["Resource"] == arn("UndeliveredEvents")
    redrive = (DEPLOY / "redrive.sh").read_text()
    needed = set(re.findall(r"sqs:[A-Z][A-Za-z]+", redrive))
    assert set(central["Action"]) == needed


@pytest.mark.parametrize("status_events", ["true", "false"])
def test_the_member_stack_may_put_events_on_one_bus(account, status_events):
    cloudformation = account.client("cloudformation")
    parameters = {"CentralBusArn": BUS, "RegionStatusEvents": status_events}
    cloudformation.create_stack(
        StackName="member",
        TemplateBody=json.dumps(translate(MEMBER)),
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
        Capabilities=["CAPABILITY_IAM"],
    )
    resources = {
        each["LogicalResourceId"]: each["PhysicalResourceId"]
        for each in cloudformation.list_stack_resources(StackName="member")[
            "StackResourceSummaries"
        ]
    }
    events, iam = account.client("events"), account.client("iam")
    (target,) = events.list_targets_by_rule(Rule=resources["ApiCall"])["Targets"]
    role = iam.get_role(RoleName=resources["ForwardRole"])["Role"]
    policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName="forward")
    cloudformation.delete_stack(StackName="member")
    assert ("RegionStatus" in resources) == (status_events == "true")
    assert (target["Arn"], target["RoleArn"]) == (BUS, role["Arn"])
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "events.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    document = ast.literal_eval(policy["PolicyDocument"])  # moto keeps Python's form of it
    allowed = IAMPolicy(json.dumps(document)).is_action_permitted
    assert allowed("events:PutEvents", BUS) == PermissionResult.PERMITTED
    assert allowed("events:PutEvents", f"{BUS}2") == PermissionResult.NEUTRAL
    assert allowed("events:PutRule", BUS) == PermissionResult.NEUTRAL


def test_service_control_policies(tmp_path):
    """cfn-lint knows the form of a service control policy, and the actions of an IAM policy."""
    assert [path.name for path in POLICIES] == ["scp-listed-regions.json", "scp-one-role.json"]
    resources = {}
    for number, path in enumerate(POLICIES):
        text = path.read_text()
        assert len(text) <= 5120  # AWS's limit
        scp = {"Name": path.stem, "Type": "SERVICE_CONTROL_POLICY", "Content": json.loads(text)}
        resources[f"Scp{number}"] = {"Type": "AWS::Organizations::Policy", "Properties": scp}
        iam = {"PolicyDocument": json.loads(text)}
        resources[f"Iam{number}"] = {"Type": "AWS::IAM::ManagedPolicy", "Properties": iam}
    template = tmp_path / "policies.json"
    template.write_text(json.dumps({"Resources": resources}))
    assert lint(template) == ""
    listed, one_role = (json.loads(path.read_text())["Statement"][0] for path in POLICIES)
    assert {listed["Effect"], one_role["Effect"]} == {"Deny"}
    assert listed["Action"] == "account:EnableRegion"
    assert list(listed["Condition"]["StringNotEquals"]) == ["account:TargetRegion"]
    assert one_role["Action"] == ["account:EnableRegion", "account:DisableRegion"]
    assert list(one_role["Condition"]["ArnNotLike"]) == ["aws:PrincipalArn"]


def test_no_code_publishes_what_the_rules_need(no_code, pattern):
    (rule,) = of_type(no_code, "AWS::Events::Rule").values()
    assert rule["EventPattern"] == pattern
    (target,) = rule["Targets"]
    assert target["Arn"] == {"Ref": "Topic"}
    (policy,) = of_type(no_code, "AWS::SNS::TopicPolicy").values()
    assert policy["Topics"] == [{"Ref": "Topic"}]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": "Topic"},
        "Condition": {"ArnEquals": {"aws:SourceArn": arn("ApiCall")}},
    }


def test_the_text_of_no_code(no_code):
    """EventBridge's transformer by hand: paths into the event, then their values into the text."""
    transformer = no_code["ApiCall"]["Properties"]["Targets"][0]["InputTransformer"]
    event = json.loads((ROOT / "events/enable-region-conflict.json").read_text())
    text = transformer["InputTemplate"]
    assert set(re.findall(r"<(\w+)>", text)) == set(transformer["InputPathsMap"])
    for name, path in transformer["InputPathsMap"].items():
        value = event
        for key in path.removeprefix("$.").split("."):
            value = value[key]
        text = text.replace(f"<{name}>", value)
    detail = event["detail"]
    assert [json.loads(line) for line in text.splitlines()] == [
        f"EnableRegion in account {event['account']}: Region "
        f"{detail['requestParameters']['RegionName']}",
        f"Error: {detail['errorCode']} (nothing: the request was accepted)",
        f"By {detail['userIdentity']['arn']} from {detail['sourceIPAddress']} at "
        f"{detail['eventTime']}",
        f"Event {detail['eventID']}",
    ]
