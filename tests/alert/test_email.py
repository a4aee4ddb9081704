"""The e-mail: fit for a phone, no forged line, and commands that can be pasted as they stand."""

import functools
import json
import re
import subprocess

import botocore.session
import pytest

import hostile
import mail
import renderer

COLUMNS = 76
SUBJECT_MAX = 99
LABELS = ["WHO", "WHAT", "MATCHED", "DETAIL", "WHERE", "WHEN", "ACCOUNT", "ERROR"]
LABELS += ["NEXT", "EVENT", "RULE", "ALERT"]
OPTIONAL = {"MATCHED", "DETAIL"}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "account:EnableRegion", "Resource": "*"}],
}

# Prints how many arguments it was given, and each; all end in NUL.
STUB = "#!/bin/sh\nprintf '%s\\0' $# \"$@\"\n"


@pytest.fixture(scope="session")
def paste(tmp_path_factory):
    """Gives lines to a shell that knows no program but `aws`; returns what that was called with."""
    programs, folder = tmp_path_factory.mktemp("programs"), tmp_path_factory.mktemp("folder")
    (programs / "aws").write_text(STUB)
    (programs / "aws").chmod(0o755)

    @functools.cache
    def run(text, *options):
        done = subprocess.run(
            ["/bin/sh", *options],
            cwd=folder,
            env={"PATH": str(programs)},
            input=text,
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert list(folder.iterdir()) == []
        return done.stdout

    def paste(lines):
        text = "".join(" " * mail.STEP_COLUMNS + line + "\n" for line in lines)
        assert run(text, "-n") == ""
        parts = run(text).split("\0")
        calls = []
        while parts != [""]:
            count, *parts = parts
            calls.append(parts[: int(count)])
            parts = parts[int(count) :]
        return calls

    return paste


def email_of(event):
    return renderer.render("email", event, account_names=hostile.ACCOUNT_NAMES)


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_lines(event):
    email = email_of(event)
    subject, lines = mail.subject(email), mail.body(email)
    assert re.fullmatch("[ -~]+", subject) and subject == subject.strip()
    assert len(subject) <= SUBJECT_MAX
    assert email.startswith(mail.HEAD) and email.endswith("\n")
    long = [line for line in lines if len(line) > COLUMNS]
    assert [line for line in long if not re.match("https://|ALERT ", line)] == []
    assert [line for line in lines if not line.isprintable() or line != line.rstrip()] == []


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_no_line_is_forged(event):
    """Only what is ours begins at the margin: the headlines, a label each, and links."""
    first, *rest = [line for line in mail.body(email_of(event)) if line[:1].strip()]
    assert re.fullmatch("(SUCCEEDED|DENIED|FAILED|TEST) +[A-Z].*", first)
    assert re.fullmatch("(MEDIUM|HIGH) +[A-Z].*", rest[0])
    links = [line for line in rest if line.startswith("https://")]
    labels = [line.split()[0] for line in rest[1:] if line not in links]
    wanted = [label for label in LABELS if label in labels or label not in OPTIONAL]
    assert labels == wanted
    console = r"https://[a-z]+(-[a-z0-9]+)+\.console\.aws\.amazon\.com/cloudtrailv2/home\?region="
    event_links = [link for link in links if re.match(console, link)]
    assert len(event_links) <= 1
    for link in links:
        assert link in event_links or link.startswith(("https://docs.aws.", "https://awscli."))


def calls_for(record, is_test):
    """What the advice should call."""
    event, region, logged = record["eventID"], renderer.region(record), record["awsRegion"]
    key = record["userIdentity"].get("accessKeyId")
    target = record["recipientAccountId"]
    acts_across = record["userIdentity"].get("accountId", target) != target
    for_account = ["--account-id", target] if acts_across else []
    of_region = ["--region-name", region or "REGION", *for_account]
    look_up = ["cloudtrail", "lookup-events", "--region", logged, "--lookup-attributes"]
    policy = ["--type", "SERVICE_CONTROL_POLICY", "--name", "deny-enable-region"]
    policy += ["--description", "No new Regions", "--content", POLICY]
    if is_test:
        return
    if record["eventName"] == "EnableRegion":
        yield ["account", "get-region-opt-status", *of_region]
    if key is not None:
        yield [*look_up, f"AttributeKey=AccessKeyId,AttributeValue={key}"]
    yield [*look_up, f"AttributeKey=EventId,AttributeValue={event}"]
    if record["eventName"] == "EnableRegion" and "errorCode" not in record:
        yield ["cloudtrail", "lookup-events", "--region", region, "--max-items", "50"]
        yield ["account", "disable-region", *of_region]
        yield ["organizations", "create-policy", *policy]


def read_policy(call):
    """The arguments, with what is JSON read."""
    return [json.loads(part) if part.startswith("{") else part for part in call]


@pytest.mark.parametrize("stem", renderer.EVENTS)
def test_commands(paste, stem):
    event = renderer.EVENTS[stem]
    is_test = json.loads(event)["source"] == "enable-region-alert"
    steps = mail.steps(email_of(event))
    found = [read_policy(call) for step in steps for call in paste(step.paste)]
    assert found == list(calls_for(renderer.record(event), is_test))
    assert len(found) == sum(step.paste != [] for step in steps)


OURS = (
    "account|cloudtrail|organizations|get-region-opt-status|disable-region|lookup-events"
    "|create-policy|--[a-z-]+|50|SERVICE_CONTROL_POLICY|deny-enable-region|No new Regions"
    "|REGION|[a-z]+(-[a-z0-9]+)+-[0-9]|ACCOUNT|[0-9]{12}"
    "|AttributeKey=EventId,AttributeValue=[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    "|AttributeKey=AccessKeyId,AttributeValue=[A-Z0-9]{16,128}"
)


@pytest.mark.parametrize("event", hostile.EVENTS.values(), ids=hostile.EVENTS)
def test_hostile_values_enter_no_command(paste, event):
    steps = mail.steps(email_of(event))
    calls = [read_policy(call) for step in steps for call in paste(step.paste)]
    assert len(calls) == sum(step.paste != [] for step in steps) > 0
    parts = [part for call in calls for part in call if part != POLICY]
    assert [part for part in parts if not re.fullmatch(OURS, part)] == []


def options_of(names):
    return {"--" + botocore.xform_name(name, "-") for name in names}


def test_aws_knows_every_command():
    """Each is an operation in AWS's models, with the parameters that it needs."""
    aws = botocore.session.get_session()
    ours = {"--region", "--max-items"}  # of the AWS CLI itself
    record = renderer.record(renderer.EVENTS["enable-region-cross-account-admin"])
    for service, command, *arguments in calls_for(record, is_test=False):
        model = aws.get_service_model(service)
        names = {botocore.xform_name(name, "-"): name for name in model.operation_names}
        shape = model.operation_model(names[command]).input_shape
        given = {part for part in arguments if str(part).startswith("--")}
        assert options_of(shape.required_members) <= given
        assert given <= options_of(shape.members) | ours
