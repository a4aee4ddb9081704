"""The e-mail: fit for a phone, no forged line, and commands that can be pasted as they stand."""

import functools
import json
import re
import subprocess

import botocore.session
import pytest

import facts
import hostile
import mail
import renderer

COLUMNS = 76
SUBJECT_MAX = 99
OUTCOME = "SUCCEEDED|DENIED|FAILED|TEST|ENABLING|ENABLED|DISABLING|DISABLED"
REGION = r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
CONSOLE = (
    rf"https://(?P<at>{REGION})\.console\.aws\.amazon\.com/cloudtrailv2/home"
    rf"\?region=(?P=at)#/events/{UUID}"
)
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


def notice(status):
    return json.dumps(hostile.NOTICE | {"detail": hostile.NOTICE["detail"] | {"status": status}})


EVENTS = renderer.EVENTS | {
    status: notice(status).encode() for status in ("DISABLING", "DISABLED")
}


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


def labels_of(event):
    """The labels that the facts have."""
    record = facts.record(event)
    if facts.is_notice(event):
        return ["WHO", "WHAT", "WHEN", "ACCOUNT", "NEXT", "EVENT", "RULE", "ALERT"]
    labels = ["WHO", "WHAT"]
    labels += ["DETAIL"] if "StopLogging" == record["eventName"] else []
    labels += ["WHERE", "WHEN", "ACCOUNT"]
    labels += ["ERROR"] if record.get("errorCode") is not None else []
    return [*labels, "NEXT", "EVENT", "RULE", "ALERT"]


def rule_of(lines):
    """The rule that an alert names; of a notice, what stands for one."""
    (alert,) = [line for line in lines if line.startswith("ALERT ")]
    rule_id = alert.split()[1].partition(":")[0]
    reason = {"description": facts.NOTICE_REASON, "references": []}
    return reason if rule_id == facts.NOTICE_RULE else facts.RULES[rule_id]


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_no_line_is_forged(event):
    """Only what is ours begins at the margin: a headline, the reason, a label each, and links."""
    lines = mail.body(email_of(event))
    rule = rule_of(lines)
    first, *rest = [line for line in lines if line[:1].strip()]
    assert re.fullmatch(f"({OUTCOME}) +[A-Z].*", first)
    is_test = json.loads(event).get("source") == facts.TEST_SOURCE
    assert is_test == first.startswith("TEST ")
    reason = facts.TEST_REASON if is_test else rule["description"]
    who = [line.startswith("WHO ") for line in rest].index(True)
    assert " ".join(rest[:who]) == " ".join(reason.split())
    links = [line for line in rest[who:] if line.startswith("https://")]
    labels = [line.split()[0] for line in rest[who:] if line not in links]
    assert labels == labels_of(event)
    record_links = [link for link in links if link not in rule["references"]]
    assert links == record_links + rule["references"]
    assert len(record_links) <= 1
    assert all(re.fullmatch(CONSOLE, link) for link in record_links)


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_no_value_is_a_link(event):
    lines = mail.body(email_of(event))
    assert [line for line in lines if "://" in line and line[:8] != "https://"] == []


@pytest.mark.parametrize("path", ["detail.userAgent", "detail.errorCode"])
def test_a_link_in_a_value_can_be_read(path):
    event = hostile.EVENTS[f"{path}: markup"]
    assert "<http[:]//e.example|f> [g](https[:]//h.example)" in unwrapped(email_of(event))


def unwrapped(email):
    """What stands beside the labels, each value on one line."""
    return re.sub(r"\n +(?=\S)", " ", email)


def test_what_is_cut_says_so():
    """Between two characters of two bytes."""
    shown = re.sub(r"\s", "", email_of(hostile.EVENTS["all: 500 of two bytes"]))
    values = re.findall("\u00e9{200,}([^\u00e9]{3})", shown)
    assert len(values) > 5 and set(values) == {"..."}


SAID = {
    "SUCCEEDED": "{} is being enabled",
    "DENIED": "AWS refused to enable {}",
    "FAILED": "A call to enable {} failed",
    "TEST": "Nothing has happened",
    "ENABLING": "{} is being enabled",
    "ENABLED": "{} is now enabled",
}
BY = {"SUCCEEDED": " by ", "DENIED": ", asked by ", "FAILED": ", asked by "}
ACCOUNTS = {"111122223333": "111122223333 (prod)", "444455556666": "444455556666 (Log archive)"}


@pytest.mark.parametrize("stem", renderer.EVENTS)
def test_headline(stem):
    """What happened, where, and who asked: the card says it in the same words, without the last."""
    event = renderer.EVENTS[stem]
    told = facts.of(event)
    email = renderer.render("email", event)
    card = json.loads(renderer.render("chat", event))
    head = " ".join(email.split("\n\n")[1].split())
    lines = mail.body(email)
    title, level = card["content"]["title"], card["content"]["keywords"][1]
    region = told.region and rf"[A-Z][A-Za-z ]+ (\([A-Za-z ]+\) )?{told.region}"
    otherwise = "a Region" if told.outcome == "DENIED" else "an AWS Region"
    happened = SAID[told.outcome].format(region or otherwise)
    if not told.enables and not facts.is_notice(event):
        happened = told.name
    happened += re.escape(f" in account {ACCOUNTS[told.account]}")
    assert re.fullmatch(rf"{told.outcome} \[{level}\]: {happened}", title)
    assert card["metadata"]["summary"] == title
    (who,) = [line.split()[1].strip(",") for line in lines if line.startswith("WHO ")]
    actor = "ROOT USER" if "root" in stem else who
    by = BY[told.outcome] + re.escape(actor) if told.outcome in BY else ""
    assert re.fullmatch(rf"{told.outcome} {happened}{by} [A-Z][A-Za-z -]+ \({level}\)", head)


@pytest.mark.parametrize("event", hostile.EVENTS.values(), ids=hostile.EVENTS)
def test_subject_is_made_of_checked_parts(event):
    """But the actor, at its end."""
    subject = mail.subject(email_of(event))
    what = rf"(enable )?(AWS Region {REGION}|an AWS Region) in ([0-9]{{12}}|an unknown account)"
    level = r"\[medium\]"
    assert re.match(rf"({OUTCOME}) {level}: {what}( \(W{{1,24}}\))?( by .+)?$", subject)


def test_a_test_says_so_first():
    event = renderer.EVENTS["enable-region-test"]
    card = json.loads(renderer.render("chat", event))
    email = renderer.render("email", event)
    texts = [mail.subject(email), mail.body(email)[0], renderer.render("sms", event)]
    texts += [card["content"]["title"], card["metadata"]["summary"]]
    assert [text for text in texts if not text.startswith("TEST ")] == []
    assert facts.TEST_REASON in email
    assert [step.words[:24] for step in mail.steps(email)] == ["Nothing. This is a test,"]


def look_up(region, key, value):
    attribute = f"AttributeKey={key},AttributeValue={value}"
    return ["cloudtrail", "lookup-events", "--region", region, "--lookup-attributes", attribute]


CREATE_POLICY = ["organizations", "create-policy", "--type", "SERVICE_CONTROL_POLICY"]
CREATE_POLICY += ["--name", "deny-enable-region", "--description", "No new Regions"]
CREATE_POLICY += ["--content", POLICY]


def calls_for(told, is_notice):
    """What the advice should call, and in which account; None: it does not matter."""
    target, caller = f"account {told.account}", f"account {told.caller}"
    for_account = ["--account-id", told.account] if told.acts_across else []
    of_region = ["--region-name", told.region, *for_account]
    management = "the management account"
    if told.is_test:
        return
    if is_notice:
        call = "DisableRegion" if told.outcome.startswith("DISABL") else "EnableRegion"
        yield None, look_up(told.logged, "EventName", call)
    elif told.enables and told.region is None:
        yield target, ["account", "list-regions", "--region-opt-status-contains", "ENABLING"]
    elif told.enables:
        yield management, ["account", "get-region-opt-status", *of_region]
    if told.key is not None:
        yield caller, look_up(told.logged, "AccessKeyId", told.key)
    if not is_notice:
        yield target, look_up(told.logged, "EventId", told.event_id)
    if told.is_opting_in:
        yield target, ["cloudtrail", "lookup-events", "--region", told.region, "--max-items", "50"]
        yield management, ["account", "disable-region", *of_region]
        yield None, CREATE_POLICY


def read_policy(call):
    """The arguments, with what is JSON read."""
    return [json.loads(part) if part.startswith("{") else part for part in call]


PLACE = re.compile(r"In (account \d{12}|the management account): ")


def place_of(step):
    """The account that a step names; None: it names none."""
    place = PLACE.match(step.words)
    return place and place[1]


@pytest.mark.parametrize("stem", EVENTS)
def test_commands(paste, stem):
    told = facts.of(EVENTS[stem])
    steps = [step for step in mail.steps(email_of(EVENTS[stem])) if step.paste]
    found = [(place_of(step), *map(read_policy, paste(step.paste))) for step in steps]
    wanted = calls_for(told, facts.is_notice(EVENTS[stem]))
    assert found == [(place if told.acts_across else None, call) for place, call in wanted]


@pytest.mark.parametrize("stem", EVENTS)
def test_steps_without_a_command(stem):
    """Credentials are revoked where they are from, and what was made is deleted where it is."""
    told = facts.of(EVENTS[stem])
    places = {"Revoke the credentials now": f"account {told.caller}"}
    places["Delete what was made"] = f"account {told.account}"
    steps = [step for step in mail.steps(email_of(EVENTS[stem])) if not step.paste]
    for step in steps:
        place = [places[words] for words in places if words in step.words]
        assert [place_of(step)] == (place if place and told.acts_across else [None])
    deletes = sum("Delete what was made" in step.words for step in steps)
    assert deletes == told.is_opting_in


OURS = (
    "account|cloudtrail|organizations|get-region-opt-status|list-regions|disable-region"
    "|lookup-events|create-policy|--[a-z-]+|50|ENABLING|SERVICE_CONTROL_POLICY"
    f"|deny-enable-region|No new Regions|{REGION}|[0-9]{{12}}"
    f"|AttributeKey=EventId,AttributeValue={UUID}"
    "|AttributeKey=AccessKeyId,AttributeValue=[A-Z0-9]{16,32}"
    "|AttributeKey=EventName,AttributeValue=EnableRegion"
)


@pytest.mark.parametrize("event", hostile.EVENTS.values(), ids=hostile.EVENTS)
def test_hostile_values_enter_no_command(paste, event):
    steps = mail.steps(email_of(event))
    calls = [read_policy(call) for step in steps for call in paste(step.paste)]
    assert len(calls) == sum(step.paste != [] for step in steps) > 0
    parts = [part for call in calls for part in call if part != POLICY]
    assert [part for part in parts if not re.fullmatch(OURS, part)] == []


@pytest.mark.parametrize("event", hostile.EVENTS.values(), ids=hostile.EVENTS)
def test_hostile_values_name_no_account(event):
    words = [step.words for step in mail.steps(email_of(event))]
    named = [re.findall("In (.*?): ", text) for text in words]
    ours = {"the management account", "account 111122223333", "account 444455556666"}
    assert {place for places in named for place in places} <= ours


def options_of(names):
    return {"--" + botocore.xform_name(name, "-") for name in names}


def check_values(shape, text):
    """Checks a value as the AWS CLI reads it: a list's one item, a structure's `Name=value,...`."""
    if shape.type_name == "list":
        check_values(shape.member, text)
    elif shape.type_name == "structure":
        parts = dict(part.split("=") for part in text.split(","))
        assert set(shape.required_members) <= parts.keys() <= shape.members.keys()
        for name, part in parts.items():
            check_values(shape.members[name], part)
    else:
        assert shape.type_name == "string"
        assert text in (getattr(shape, "enum", None) or [text])
        assert re.search(shape.metadata.get("pattern", ""), text)


@pytest.mark.parametrize("stem", EVENTS)
def test_aws_knows_every_command(paste, stem):
    """Each is an operation in AWS's models, with the parameters that it needs."""
    aws = botocore.session.get_session()
    of_cli = {"--region", "--max-items"}
    steps = mail.steps(email_of(EVENTS[stem]))
    for service, command, *arguments in [call for step in steps for call in paste(step.paste)]:
        model = aws.get_service_model(service)
        names = {botocore.xform_name(name, "-"): name for name in model.operation_names}
        shape = model.operation_model(names[command]).input_shape
        given = dict(zip(arguments[0::2], arguments[1::2], strict=True))
        assert options_of(shape.required_members) <= given.keys()
        assert given.keys() <= options_of(shape.members) | of_cli
        for name, member in shape.members.items():
            if (option := "--" + botocore.xform_name(name, "-")) in given:
                check_values(member, given[option])
