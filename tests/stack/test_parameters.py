"""The parameters: what each takes, and what CloudFormation refuses before it makes anything."""

import json
import re
import subprocess

import pytest

from cloudformation import Stack
from commands import ROOT
from parameters import EMAIL, KEY_ARN, OPS_TOPIC_ARN, SETS, TOPIC_ARN

TAKEN = {
    "AlertEmail": ["", "a@example.com", "a.b+c@mail.example.com"],
    "TopicArn": ["", TOPIC_ARN, OPS_TOPIC_ARN, "arn:aws-us-gov:sns:us-gov-west-1:111122223333:a_b"],
    "AlertFormat": ["structured", "email", "ocsf", "chat"],
    "AccountNames": [
        "",
        "111122223333=prod",
        "111122223333=prod,444455556666=Log archive",
        " 111122223333=a b , 444455556666=Köln ",
        f"111122223333={64 * 'x'}",
    ],
    "OpsTopicArn": ["", OPS_TOPIC_ARN],
    "RuleState": ["ENABLED", "DISABLED"],
    "RegionStatusEvents": ["true", "false"],
    "OrganizationId": ["", "o-a1b2c3d4e5", f"o-{32 * 'a'}"],
    "DailyTest": ["true", "false"],
    "EncryptTopic": ["true", "false"],
    "KmsKeyArn": ["", KEY_ARN, "arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef"],
    "Architecture": ["x86_64", "arm64"],
    "MemorySize": [128, 10240],
    "ReservedConcurrency": ["-1", "1", "2", "1000"],
    "MaxPerSecond": [0, 5, 100],
    "LogLevel": ["INFO", "DEBUG"],
    "LogRetentionDays": [1, 365, 3653],
    "Tracing": ["PassThrough", "Active"],
    "Dashboard": ["true", "false"],
}
REFUSED = {
    "AlertEmail": ["a", "a@b", "a b@example.com", "a@example.com,b@example.com", " a@example.com"],
    "TopicArn": ["alerts", f"{OPS_TOPIC_ARN}:1234", OPS_TOPIC_ARN.replace("sns", "sqs"), "*"],
    "AlertFormat": ["", "json", "Email"],
    "AccountNames": [
        "prod",
        "111122223333",
        "111122223333=",
        "111122223333= a",
        "111122223333=a=b",
        "11112222333=prod",
        "1111222233334=prod",
        "111122223333=prod,",
        "111122223333=prod,,444455556666=b",
        f"111122223333={65 * 'x'}",
        ",".join(["111122223333=" + 64 * "x"] * 46),
    ],
    "OpsTopicArn": [
        OPS_TOPIC_ARN.replace("us-east-1", "eu-west-1"),
        f"{OPS_TOPIC_ARN}.fifo",
        "ops",
    ],
    "RuleState": ["", "enabled", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"],
    "RegionStatusEvents": ["", "yes", "True"],
    "OrganizationId": ["o-1", "a1b2c3d4e5", "o-A1B2C3D4E5", "*", f"o-{33 * 'a'}"],
    "DailyTest": ["", "1"],
    "EncryptTopic": ["", "no"],
    "KmsKeyArn": ["alias/aws/sns", KEY_ARN.replace("key/", "alias/"), KEY_ARN.split("/")[1], "*"],
    "Architecture": ["", "aarch64", "riscv64"],
    "MemorySize": [64, 10241],
    "ReservedConcurrency": ["", "0", "-2", "00", "1.5", "two"],
    "MaxPerSecond": [-1, 101],
    "LogLevel": ["WARN", "ERROR", "TRACE", "info"],
    "LogRetentionDays": [0, 2, 366],
    "Tracing": ["", "Disabled"],
    "Dashboard": [""],
}


def takes(declared, value):
    """Whether CloudFormation takes the value for a parameter; a pattern is of the whole value."""
    if declared["Type"] == "Number":
        if not declared.get("MinValue", value) <= value <= declared.get("MaxValue", value):
            return False
    elif len(value) > declared.get("MaxLength", 4096):
        return False
    if "AllowedPattern" in declared and not re.fullmatch(declared["AllowedPattern"], value):
        return False
    return value in declared.get("AllowedValues", [value])


def test_every_parameter_says_what_it_takes(template):
    for name, declared in template["Parameters"].items():
        limits = {"AllowedPattern", "AllowedValues", "MinValue"} & set(declared)
        assert len(limits) == 1 and "Default" in declared, name
        assert ("AllowedPattern" in declared) == ("ConstraintDescription" in declared), name
        assert takes(declared, declared["Default"]), name
    assert set(template["Parameters"]) == set(TAKEN) == set(REFUSED)


@pytest.mark.parametrize("name", TAKEN)
def test_values(template, name):
    declared = template["Parameters"][name]
    assert [value for value in TAKEN[name] if not takes(declared, value)] == []
    assert [value for value in REFUSED[name] if takes(declared, value)] == []


def test_the_sets_are_taken(template):
    for parameters in SETS.values():
        for name, value in parameters.items():
            assert takes(template["Parameters"][name], value), (name, value)


def test_the_function_takes_the_same_account_names(template):
    """What the pattern lets through must not fail at the start of the function."""
    declared = template["Parameters"]["AccountNames"]
    for value in TAKEN["AccountNames"] + REFUSED["AccountNames"]:
        event = ROOT / "events/enable-region-root.json"
        argv = [ROOT / "build/sigma", "render", "--account-names", value, event]
        status = subprocess.run(argv, capture_output=True, check=False).returncode
        assert status == 0 or not takes(declared, value), value


def test_groups_name_every_parameter_once(template):
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    named = [name for group in groups for name in group["Parameters"]]
    assert named == list(template["Parameters"])  # in the order in which `sam deploy` asks


@pytest.mark.parametrize(
    ("parameters", "region", "words"),
    [
        ({}, "us-east-1", ["AlertEmail, TopicArn or both"]),
        (EMAIL, "eu-west-1", ["Deploy to us-east-1"]),
        (EMAIL | {"KmsKeyArn": KEY_ARN, "EncryptTopic": "false"}, "us-east-1", ["KmsKeyArn needs"]),
        (EMAIL, "us-east-1", []),
        ({"TopicArn": TOPIC_ARN}, "us-east-1", []),
        (EMAIL | {"TopicArn": TOPIC_ARN}, "us-east-1", []),
    ],
)
def test_rules(template, parameters, region, words):
    broken = Stack(template, parameters, **{"AWS::Region": region}).broken_rules()
    assert len(broken) == len(words)
    assert all(word in text for word, text in zip(words, broken, strict=True))


def test_no_set_breaks_a_rule(stack):
    assert stack.broken_rules() == []


def test_the_daily_test_is_the_sample(everything):
    (target,) = everything.of_type("AWS::Events::Rule")["DailyTestEvent"]["Targets"]
    sample = json.loads((ROOT / "events/enable-region-test.json").read_text())
    assert json.loads(target["Input"]) == sample | {"detail-type": "Alert Test"}
    assert len(target["Input"]) <= 8192
