"""build/sigma render as a person uses it; what the alerts look like, tests/alert tests."""

import gzip
import json
import re
import time

import pytest

import engine
from ruleset import Rules

FOUND, NONE, ERROR = 0, 1, 2
ALERT = engine.ROOT / "events/enable-region-iam-user.json"
ACROSS = engine.ROOT / "events/enable-region-cross-account-admin.json"
NO_ALERT = engine.ROOT / "events/disable-region.json"
NOT_JSON = engine.ROOT / "events/malformed.json"
RULE_ID = "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab"
SECONDS_MAX = 60  # that a run may take


def sms(*arguments, **options):
    return engine.run("render", "--as", "sms", *arguments, **options)


def test_email_unless_another_is_named():
    done = engine.run("render", ALERT)
    assert re.match(rb"Subject: SUCCEEDED \[medium\]: [^\n]+\n\nSUCCEEDED  ", done.stdout)
    assert (done.returncode, done.stderr) == (FOUND, b"")


@pytest.mark.parametrize(
    ("form", "begin"),
    [("chat", b'{"version":"1.0",'), ("ocsf", b'{"category_uid":2,'), ("sms", b"SUCCEEDED medium")],
)
def test_the_others_are_one_line(form, begin):
    done = engine.run("render", "--as", form, ALERT, ALERT)
    first, second = done.stdout.splitlines()
    assert first.startswith(begin) and second.startswith(begin)


def test_what_it_reads():
    wanted = sms(ALERT).stdout
    event = ALERT.read_bytes()
    record = json.dumps(json.loads(event)["detail"])
    for done in sms("-", stdin=event), sms(stdin=event), sms(stdin=gzip.compress(event)):
        assert (done.returncode, done.stdout) == (FOUND, wanted)
    assert sms(stdin=record).stdout == wanted


def test_emails_are_told_apart():
    one = engine.run("render", "--at", "2026-11-20T08:13:00Z", ALERT).stdout
    two = engine.run("render", "--at", "2026-11-20T08:13:00Z", ALERT, ALERT).stdout
    assert two == one + b"\n" + one


def test_when_the_alert_is_made():
    given = engine.run("render", "--at", "2026-11-20T08:13:00Z", ALERT).stdout
    assert b"\nWHEN     2026-11-20T08:12:45Z, alert 15 s later\n" in given
    before = engine.run("render", "--at", "2026-11-20T08:12:44Z", ALERT).stdout
    assert b"\nWHEN     2026-11-20T08:12:45Z, alert 2026-11-20T08:12:44Z\n" in before
    (finding,) = engine.run("render", "--as", "ocsf", ALERT).stdout.splitlines()
    made = json.loads(finding)["metadata"]["logged_time"] / 1000
    assert 0 <= time.time() - made < SECONDS_MAX


@pytest.mark.parametrize(
    ("at", "delay"),
    [
        ("08:12:45", "0 s"),
        ("08:14:44", "119 s"),
        ("08:14:45", "2 min"),
        ("10:12:44", "119 min"),
        ("10:12:45", "2 h 0 min"),
        ("13:45:00", "5 h 32 min"),
    ],
)
def test_delays(at, delay):
    done = engine.run("render", "--at", f"2026-11-20T{at}Z", ALERT)
    assert f", alert {delay} later\n" in done.stdout.decode()


def test_account_names():
    names = "444455556666=other , 111122223333=Z\u00fcrich"
    done = engine.run("render", "--account-names", names, ALERT)
    assert "\nACCOUNT  111122223333 (Z\u00fcrich)\n" in done.stdout.decode()
    done = engine.run("render", "--account-names", names, ACROSS)
    account = r"\nACCOUNT  444455556666 \(other\), called from another account:\s+"
    assert re.search(account + "111122223333\\s+\\(Z\u00fcrich\\)\n", done.stdout.decode())
    assert sms("--account-names", "", ALERT).returncode == FOUND


def test_no_alert():
    done = sms(NO_ALERT)
    assert (done.returncode, done.stdout, done.stderr) == (NONE, b"", b"")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (NOT_JSON, "the event is not JSON from byte 905 of 905 on"),
        ("nowhere.json", "cannot be read, or is not whole"),
    ],
)
def test_a_bad_file_hides_no_other(bad, message):
    wanted = sms(ALERT).stdout
    done = sms(ALERT, bad, NO_ALERT, ALERT)
    assert (done.returncode, done.stdout) == (ERROR, wanted + wanted)
    assert done.stderr.decode() == f"sigma: {bad}: {message}\n"


def test_a_rule_that_nobody_can_decide(tmp_path):
    """The other rules make their alerts all the same."""
    rules = Rules(tmp_path / "rules")
    slow = rules.add({"s": {"eventID|re": "(a+)+[bc]"}, "condition": "s"})
    rules.add({"s": {"eventName": "EnableRegion"}, "condition": "s"})
    event = json.loads(ALERT.read_bytes())
    event["detail"]["eventID"] = "a" * 64
    done = sms("--rules", rules.folder, stdin=json.dumps(event))
    assert done.returncode == ERROR
    assert done.stdout.startswith(b"SUCCEEDED unrated")
    assert done.stderr.decode().startswith(f"sigma: -: rule {slow}: ")


def test_rules(tmp_path):
    """An alert for each rule that matches, in their order; a filter takes its own away."""
    rules = Rules(tmp_path / "rules")
    first = rules.add({"s": {"eventName": "EnableRegion"}, "condition": "s"}, "First")
    second = rules.add({"s": {"eventSource": "account.*"}, "condition": "s"}, "Second")
    rules.add({"s": {"eventName": "Other"}, "condition": "s"}, "Third")

    def matched(*paths):
        options = [part for path in paths for part in ("--rules", path)]
        done = engine.run("render", "--as", "ocsf", *options, ALERT)
        ids = [
            json.loads(line)["finding_info"]["analytic"]["uid"] for line in done.stdout.splitlines()
        ]
        return done.returncode, ids

    assert matched(rules.folder) == (FOUND, [first, second])
    assert matched(*rules.files[:2]) == (FOUND, [first, second])
    assert matched(rules.files[2]) == (NONE, [])
    assert matched(rules.folder, "function/rules") == (FOUND, [first, second, RULE_ID])
    rules.add_filter([first, second], {"userIdentity.userName": "bob"})
    assert matched(rules.folder) == (NONE, [])


NO_NAMES = (
    "it must be the account's 12 digits, =, and its name; commas stand between entries"
)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--as", "fax"], "--as fax: it must be email, chat, ocsf or sms"),
        (["--as", ""], "--as : it must be email, chat, ocsf or sms"),
        (["--at", "now"], "--at now: it must be a time such as 2026-02-11T09:14:31Z"),
        (
            ["--at", "2026-02-29T00:00:00Z"],
            "--at 2026-02-29T00:00:00Z: it must be a time such as 2026-02-11T09:14:31Z",
        ),
        (["--account-names", "1=a"], f'--account-names, entry 1, is "1=a": {NO_NAMES}'),
        (
            ["--account-names", "111122223333=a, 111122223333=b"],
            '--account-names, entry 2, is "111122223333=b": the account has a name already',
        ),
        (["--rules", "nowhere"], "nowhere: No such file or directory"),
        (["--explain"], "render knows no option --explain"),
    ],
)
def test_wrong_arguments(arguments, message):
    done = engine.run("render", *arguments, ALERT)
    assert (done.returncode, done.stdout) == (ERROR, b"")
    assert done.stderr.decode() == f"sigma: {message}\n"


@pytest.mark.parametrize("option", ["--as", "--at", "--account-names", "--rules"])
def test_an_option_without_its_value(option):
    done = engine.run("render", ALERT, option)
    assert (done.returncode, done.stdout) == (ERROR, b"")
    assert done.stderr.decode() == f"sigma: {option} needs a value\n"
