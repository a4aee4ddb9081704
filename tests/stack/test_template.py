"""template.yaml: what linters know, what they do not, and what `sam build` makes of it."""

import json
import os
import pathlib
import stat
import subprocess
import sys
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))
from harness.processes import Process, free_port, listening, wait_until  # noqa: E402

SAM = ROOT / "build/sam/bin"
ENVIRONMENT = {  # of every child: nothing of the machine's AWS settings, no credentials
    "PATH": "/usr/bin:/bin",
    "HOME": os.environ["HOME"],
    "AWS_DEFAULT_REGION": "us-east-1",
    "SAM_CLI_TELEMETRY": "0",
}


def run(*argv):
    """The standard output of a command of build/sam, which must succeed."""
    done = subprocess.run(
        [SAM / argv[0], *argv[1:]], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def translated(tmp_path_factory):
    """The file with the CloudFormation that AWS makes of the template."""
    path = tmp_path_factory.mktemp("stack") / "template.json"
    path.write_text(run("python", "tests/stack/translate.py", "template.yaml"))
    return path


@pytest.fixture(scope="module")
def template(translated):
    return json.loads(translated.read_text())


@pytest.fixture(scope="module")
def resources(template):
    return template["Resources"]


def of_type(resources, kind):
    return [each["Properties"] for each in resources.values() if each["Type"] == kind]


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


def test_sam_accepts_it():
    run("sam", "validate", "--lint")


def test_cfn_lint_accepts_the_translation(translated):
    run("cfn-lint", str(translated))


def test_function(resources):
    (function,) = of_type(resources, "AWS::Lambda::Function")
    wanted = {
        "Runtime": "provided.al2023",
        "Architectures": ["x86_64"],
        "Handler": "bootstrap",
        "Timeout": 30,
        "MemorySize": 128,
        "Role": arn("AlertRole"),
        "Environment": {
            "Variables": {
                "ALERT_TOPIC_ARN": {"Ref": "AlertTopic"},
                "ALERT_FORMAT": {"Ref": "AlertFormat"},
                "ALERT_ACCOUNT_NAMES": {"Ref": "AccountNames"},
            }
        },
        "LoggingConfig": {
            "LogGroup": {"Ref": "LogGroup"},
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
        },
    }
    assert {name: function.get(name) for name in wanted} == wanted
    assert resources["AlertFunction"]["Metadata"]["BuildMethod"] == "makefile"


def test_the_pattern_is_that_of_the_rules(resources):
    """`make patterns` writes it; what it must let through is tested in tests/sigma."""
    (rule,) = of_type(resources, "AWS::Events::Rule")
    command = [ROOT / "build/sigma", "pattern", ROOT / "function/rules"]
    derived = subprocess.run(command, capture_output=True, check=True).stdout
    assert rule["EventPattern"] == json.loads(derived), "run `make patterns`"
    for source in rule["EventPattern"]["source"]:  # PutEvents refuses aws.*: no forgery
        assert (source if isinstance(source, str) else source["prefix"]).startswith("aws.")


def test_an_event_that_cannot_be_handled_is_kept(resources):
    (rule,) = of_type(resources, "AWS::Events::Rule")
    (target,) = rule["Targets"]
    assert target["Arn"] == arn("AlertFunction")
    assert target["DeadLetterConfig"] == {"Arn": arn("UndeliveredEvents")}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400}
    (invoke,) = of_type(resources, "AWS::Lambda::EventInvokeConfig")
    assert invoke["DestinationConfig"] == {"OnFailure": {"Destination": arn("FailedInvocations")}}
    assert (invoke["MaximumRetryAttempts"], invoke["MaximumEventAgeInSeconds"]) == (2, 21600)
    for queue in of_type(resources, "AWS::SQS::Queue"):
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
        assert queue["SqsManagedSseEnabled"] is True
    (policy,) = of_type(resources, "AWS::SQS::QueuePolicy")
    assert policy["Queues"] == [{"Ref": "UndeliveredEvents"}]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn("UndeliveredEvents"),
        "Condition": {"ArnEquals": {"aws:SourceArn": arn("AlertFunctionApiCall")}},
    }


def test_the_role_may_do_three_things(resources):
    (role,) = of_type(resources, "AWS::IAM::Role")
    assert "ManagedPolicyArns" not in role
    (policy,) = role["Policies"]
    allowed = [
        (statement["Effect"], statement["Action"], statement["Resource"], len(statement))
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    assert allowed == [
        ("Allow", "sns:Publish", {"Ref": "AlertTopic"}, 3),
        ("Allow", ["logs:CreateLogStream", "logs:PutLogEvents"], arn("LogGroup"), 3),
        ("Allow", "sqs:SendMessage", arn("FailedInvocations"), 3),
    ]


def test_people_are_told(template):
    (topic,) = of_type(template["Resources"], "AWS::SNS::Topic")
    assert topic["Subscription"] == [{"Protocol": "email", "Endpoint": {"Ref": "AlertEmail"}}]
    assert "Default" not in template["Parameters"]["AlertEmail"]


def test_only_us_east_1(template):
    (assertion,) = template["Rules"]["Region"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory):
    """The folder of what `sam build` puts into the function's zip file."""
    folder = tmp_path_factory.mktemp("build")
    run("sam", "build", "--build-dir", str(folder))
    return folder / "AlertFunction"


def test_sam_build_gives_the_bootstrap_and_its_rules(artifacts):
    files = {str(path.relative_to(artifacts)) for path in artifacts.rglob("*") if path.is_file()}
    rules = {f"rules/{path.name}" for path in (ROOT / "function/rules").glob("*.y*ml")}
    assert files == {"bootstrap"} | rules
    bootstrap = artifacts / "bootstrap"
    assert stat.S_IMODE(bootstrap.stat().st_mode) == 0o755
    assert bootstrap.read_bytes() == (ROOT / "build/bootstrap").read_bytes()


def test_the_bootstrap_needs_nothing_of_the_machine(artifacts):
    argv = ["readelf", "--wide", "--file-header", "--program-headers", "--dynamic"]
    elf = subprocess.run([*argv, artifacts / "bootstrap"], capture_output=True, text=True).stdout
    assert "Advanced Micro Devices X86-64" in elf
    assert "DYN (Position-Independent Executable file)" in elf
    for interpreter_or_library in ("INTERP", "NEEDED"):
        assert interpreter_or_library not in elf


def test_another_architecture_is_refused():
    done = subprocess.run(
        ["make", "build-AlertFunction", "ARCH=arm64", "ARTIFACTS_DIR=/nowhere"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    assert "not for arm64" in done.stderr


def test_the_emulator_runs_it(artifacts, tmp_path):
    port = free_port()
    argv = [ROOT / "build/aws-lambda-rie", "--runtime-interface-emulator-address"]
    argv += [f"127.0.0.1:{port}", "--runtime-api-address", f"127.0.0.1:{free_port()}"]
    env = {
        "ALERT_TOPIC_ARN": "arn:aws:sns:us-east-1:111122223333:alerts",
        "AWS_ENDPOINT_URL_SNS": "http://127.0.0.1:1",  # nobody there: nothing is to be published
    }
    emulator = Process([*argv, artifacts / "bootstrap"], env, tmp_path, "emulator")
    try:
        wait_until(lambda: listening(port), what="the emulator")
        event = (ROOT / "events/disable-region.json").read_bytes()
        url = f"http://127.0.0.1:{port}/2015-03-31/functions/function/invocations"
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, data=event, timeout=30) as response:
            assert json.load(response) == {"matched": 0, "alerts": [], "suppressed": []}
    finally:
        emulator.stop()
