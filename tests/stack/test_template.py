"""template.yaml: what no linter knows of the function, its triggers, its queues and its topic."""

import json
import re
import subprocess

from commands import ROOT
from parameters import KEY_ARN, OPS_TOPIC_ARN, TOPIC_ARN


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def own_or(stack, arn):
    """How the stack names its own topic; else the one it was given."""
    return {"Ref": "AlertTopic"} if stack.conditions["OwnTopic"] else arn


def derived_pattern():
    command = [ROOT / "build/sigma", "pattern", ROOT / "function/rules"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def test_function(stack):
    (function,) = stack.of_type("AWS::Lambda::Function").values()
    wanted = {
        "Runtime": "provided.al2023",
        "Architectures": [stack.values["Architecture"]],
        "Handler": "bootstrap",
        "Timeout": 30,
        "MemorySize": 128,
        "Role": arn("AlertRole"),
        "TracingConfig": {"Mode": stack.values["Tracing"]},
        "Environment": {
            "Variables": {
                "ALERT_TOPIC_ARN": own_or(stack, TOPIC_ARN),
                "ALERT_FORMAT": "structured",
                "ALERT_ACCOUNT_NAMES": stack.values["AccountNames"],
                "ALERT_MAX_PER_SECOND": 5,
            }
        },
        "LoggingConfig": {
            "LogGroup": {"Ref": "LogGroup"},
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
        },
    }
    assert {name: function.get(name) for name in wanted} == wanted
    assert stack.of_type("AWS::Logs::LogGroup")["LogGroup"] == {"RetentionInDays": 365}


def test_without_a_limit_none_is_reserved(stacks):
    reserved = {
        name: stack.of_type("AWS::Lambda::Function")["AlertFunction"].get(
            "ReservedConcurrentExecutions"
        )
        for name, stack in stacks.items()
    }
    assert reserved == dict.fromkeys(stacks) | {"all there is": "2"}


def test_the_makefile_builds_it(stack):
    """SAM asks make for build-<logical id>."""
    for name in stack.of_type("AWS::Lambda::Function"):
        assert stack.resources[name]["Metadata"]["BuildMethod"] == "makefile"
        assert re.search(rf"^build-{name}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def leaves(pattern):
    """The values of an event pattern that are not objects of field names."""
    for value in pattern.values():
        yield from leaves(value) if isinstance(value, dict) else [value]


def test_every_leaf_of_a_pattern_is_a_list(everything):
    for name, rule in everything.of_type("AWS::Events::Rule").items():
        found = list(leaves(rule.get("EventPattern", {})))
        assert all(isinstance(leaf, list) and leaf for leaf in found), (name, found)


def test_the_patterns_are_those_of_the_rules(everything):
    """`make patterns` writes them; what they must let through is tested in tests/sigma."""
    rules = everything.of_type("AWS::Events::Rule")
    derived = derived_pattern()
    for name in ("AlertFunctionApiCall", "CentralApiCall"):
        assert rules[name]["EventPattern"] == derived, "run `make patterns`"
    for source in derived["source"]:  # PutEvents refuses aws.*: no forgery
        assert (source if isinstance(source, str) else source["prefix"]).startswith("aws.")


def test_make_patterns_writes_every_pattern(tmp_path):
    text = (ROOT / "template.yaml").read_text()
    stale = tmp_path / "template.yaml"
    stale.write_text(re.sub(r"(Pattern: # .*\n +).*", r"\1{}", text))
    assert stale.read_text() != text
    command = ["deploy/pattern.sh", "build/sigma", stale]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert stale.read_text() == text


def test_the_second_signal(everything):
    rules = everything.of_type("AWS::Events::Rule")
    for name in ("RegionStatus", "CentralRegionStatus"):
        assert rules[name]["EventPattern"] == {
            "source": ["aws.account"],
            "detail-type": ["Region Opt-In Status Change"],
            "detail": {"status": ["ENABLING", "ENABLED"]},
        }


def test_what_triggers(stacks):
    rules = {name: set(stack.of_type("AWS::Events::Rule")) for name, stack in stacks.items()}
    always, status = "AlertFunctionApiCall", "RegionStatus"
    assert rules["an e-mail address"] == {always}
    assert rules["the second signal"] == {always, status}
    assert rules["an organization"] == {always, "CentralApiCall"}
    assert rules["an old topic"] == {always, "DailyTestEvent"}
    assert len(rules["all there is"]) == 5
    for name, rule in stacks["all there is"].of_type("AWS::Events::Rule").items():
        central = {"Fn::GetAtt": ["CentralBus", "Name"]} if name.startswith("Central") else None
        assert rule.get("EventBusName") == central, name
        assert rule["State"] == "ENABLED"


def test_the_state_is_that_of_every_rule(template):
    """Switched off, the daily test is off too, so that its alarm tells."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Events::Rule":
            assert resource["Properties"]["State"] == {"Ref": "RuleState"}


def test_every_target_tries_again_and_has_a_queue(stack):
    for name, rule in stack.of_type("AWS::Events::Rule").items():
        (target,) = rule["Targets"]
        assert target["Arn"] == arn("AlertFunction"), name
        assert target["DeadLetterConfig"] == {"Arn": arn("UndeliveredEvents")}, name
        assert target["RetryPolicy"] == {
            "MaximumRetryAttempts": 185,
            "MaximumEventAgeInSeconds": 86400,
        }, name


def test_an_event_that_cannot_be_handled_is_kept(stack):
    (invoke,) = stack.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert invoke["DestinationConfig"] == {"OnFailure": {"Destination": arn("FailedInvocations")}}
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (2, 21600)
    queues = stack.of_type("AWS::SQS::Queue")
    assert set(queues) == {"FailedInvocations", "UndeliveredEvents"}
    for queue in queues.values():
        assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}


def test_people_are_told(stack):
    email = stack.values["AlertEmail"]
    wanted = [
        {
            "TopicArn": own_or(stack, TOPIC_ARN),
            "Region": "eu-west-1" if not stack.conditions["OwnTopic"] else AN_OWN_TOPICS_REGION,
            "Protocol": "email",
            "Endpoint": email,
        }
    ]
    assert list(stack.of_type("AWS::SNS::Subscription").values()) == (wanted if email else [])
    assert stack.outputs["TopicArn"]["Value"] == own_or(stack, TOPIC_ARN)


AN_OWN_TOPICS_REGION = {"Fn::Select": [3, {"Fn::Split": [":", {"Ref": "AlertTopic"}]}]}


def test_the_topic_is_encrypted(stacks):
    topics = {name: stack.of_type("AWS::SNS::Topic") for name, stack in stacks.items()}
    own = {"AlertTopic": {"KmsMasterKeyId": {"Ref": "TopicKey"}}}
    assert topics == dict.fromkeys(stacks, own) | {
        "as little as can be": {"AlertTopic": {}},
        "an old key for a new topic": {"AlertTopic": {"KmsMasterKeyId": KEY_ARN}},
        "an old topic": {},
        "an old topic with its key": {},
    }
    for name, stack in stacks.items():
        keys = stack.of_type("AWS::KMS::Key")
        assert bool(keys) == (topics[name] == own)
        for key in keys.values():
            assert (key["EnableKeyRotation"], key["PendingWindowInDays"]) == (True, 7)


def test_operators_get_the_alarms(stacks):
    for name, stack in stacks.items():
        wanted = [OPS_TOPIC_ARN] if name == "all there is" else []
        for alarm in stack.of_type("AWS::CloudWatch::Alarm").values():
            assert alarm["AlarmActions"] == wanted, name


def test_the_bus_of_an_organization(everything):
    assert everything.of_type("AWS::Events::EventBus") == {
        "CentralBus": {"Name": "enable-region-alert"}
    }
    assert everything.outputs["CentralBusArn"]["Value"] == arn("CentralBus")
