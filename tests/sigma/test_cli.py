"""build/sigma as a person uses it: what it reads, prints and returns."""

import gzip
import json
import re

import pytest

import engine
from ruleset import Rules

FOUND, NONE, ERROR = 0, 1, 2
HIT = {"eventSource": "a.amazonaws.com", "eventName": "Hit", "eventID": "1"}
MISS = {"eventSource": "a.amazonaws.com", "eventName": "Miss", "eventID": "2"}


@pytest.fixture
def rules(tmp_path):
    rules = Rules(tmp_path / "rules")
    rules.add({"s": {"eventName": "hit"}, "condition": "s"}, "Hits")
    return rules


def envelope(record):
    return {"version": "0", "detail-type": "AWS API Call via CloudTrail", "detail": record}


def text(value):
    return json.dumps(value).encode()


FORMS = {
    "an event": (text(envelope(HIT)), [1]),
    "a record": (text(HIT), [1]),
    "an array of both": (text([MISS, envelope(HIT), HIT]), [2, 3]),
    "records of a log file": (text({"Records": [HIT, MISS, HIT]}), [1, 3]),
    "one a line": (b"\n".join(map(text, [MISS, envelope(MISS), envelope(HIT)])) + b"\n", [3]),
    "lines that end in CRLF": (text(MISS) + b"\r\n\r\n" + text(HIT) + b"\r\n", [2]),
    "one behind the other": (text(HIT) + text(MISS) + text([HIT]), [1, 3]),
    "log files, one a line": (text({"Records": [MISS]}) + b"\n" + text({"Records": [HIT]}), [2]),
    "on many lines": (json.dumps(envelope(HIT), indent=4).encode(), [1]),
    "nothing that matches": (text([MISS, MISS]), []),
    "an empty array": (b"[]", []),
    "an empty log file": (text({"Records": []}), []),
    "nothing": (b"", []),
    "blanks": (b" \n\n", []),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("form", FORMS)
def test_what_match_reads(rules, tmp_path, form, packed):
    events, numbers = FORMS[form]
    file = tmp_path / "events"
    file.write_bytes(gzip.compress(events) if packed else events)
    for arguments, stdin in ([file], b""), (["-"], file.read_bytes()), ([], file.read_bytes()):
        done = engine.run("match", "--rules", rules.folder, *arguments, stdin=stdin)
        found = [json.loads(line)["record"] for line in done.stdout.splitlines()]
        assert (found, done.stderr) == (numbers, b"")
        assert done.returncode == (FOUND if numbers else NONE)


BAD = {
    "not JSON": (b'{"detail":', "behind record 0: not JSON from byte 10 of 10"),
    "not JSON further on": (text(HIT) + b"\nx", "behind record 1: not JSON from byte 71 of 72"),
    "no record": (b'{"a":1}', "behind record 0: the event holds no CloudTrail record"),
    "a number": (b"5", "behind record 0: the event holds no CloudTrail record"),
    "an array with a text": (b'["x"]', "behind record 0: the event holds no CloudTrail record"),
    "gzip cut short": (gzip.compress(text(HIT))[:-10], "cannot be read, or is not whole"),
}


@pytest.mark.parametrize("bad", BAD)
def test_what_match_refuses(rules, tmp_path, bad):
    events, message = BAD[bad]
    file = tmp_path / "events"
    file.write_bytes(events)
    done = engine.run("match", "--rules", rules.folder, file)
    assert message in done.stderr.decode()
    assert done.returncode == ERROR


def test_a_bad_file_hides_no_other(rules, tmp_path):
    for name, events in ("a", b"x"), ("c", text(HIT)):
        (tmp_path / name).write_bytes(events)
    done = engine.run("match", "--rules", "rules", "a", "b", "c", cwd=tmp_path)
    assert [json.loads(line)["file"] for line in done.stdout.splitlines()] == ["c"]
    assert [line.split(":")[1] for line in done.stderr.decode().splitlines()] == [" a", " b"]
    assert done.returncode == ERROR


def test_a_line_of_match(rules):
    """One JSON object a match, with the facts that one looks for first."""
    event = (engine.ROOT / "events/enable-region-iam-user.json").read_bytes()
    rule_id = rules.add({"s": {"eventName": "EnableRegion"}, "condition": "s"}, 'A "rule"')
    done = engine.run("match", "--rules", rules.folder, stdin=event)
    assert json.loads(done.stdout) == {
        "file": "-",
        "record": 1,
        "ruleId": rule_id,
        "title": 'A "rule"',
        "level": "unrated",
        "eventId": "cbf27734-ac10-4525-8b66-402800e03d2c",
        "eventTime": "2026-11-20T08:12:45Z",
        "eventName": "EnableRegion",
        "actor": json.loads(done.stdout)["actor"],
        "account": "111122223333",
    }
    assert "bob" in json.loads(done.stdout)["actor"]


def test_several_rules_and_files(rules, tmp_path):
    """A line for each rule and record, in the order of records; --rules may be given again."""
    more = Rules(tmp_path / "more")
    more.files = [None] * 9  # other ids
    more.add({"s": {"eventName": "H*"}, "condition": "s"}, "More")
    (tmp_path / "a.json").write_bytes(text([HIT, MISS]))
    (tmp_path / "b.json").write_bytes(text(HIT))
    options = ["--rules", "rules", "--rules", more.files[9]]
    done = engine.run("match", *options, "a.json", "b.json", cwd=tmp_path)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["file"], line["record"], line["title"]) for line in found] == [
        ("a.json", 1, "Hits"),
        ("a.json", 1, "More"),
        ("b.json", 1, "Hits"),
        ("b.json", 1, "More"),
    ]


def test_match_without_rules_takes_those_of_the_project():
    event = (engine.ROOT / "events/enable-region-iam-user.json").read_bytes()
    done = engine.run("match", stdin=event)
    assert json.loads(done.stdout)["ruleId"] == "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab"
    assert done.returncode == FOUND


def test_explain(tmp_path):
    rules = Rules(tmp_path / "rules")
    rules.add(
        {
            "who": {"userIdentity.type": "Root"},
            "what": {"eventName|startswith": ["Put", "Delete"], "errorCode": None},
            "condition": "what and not who",
        },
        "Explained",
    )
    record = HIT | {"eventName": "DeleteTrail", "userIdentity": {"type": "Root"}}
    done = engine.run("match", "--rules", rules.folder, "--explain", stdin=text(record))
    assert done.stdout.decode() == (
        'rule "Explained", record 1 of -: no match\n'
        "no    all of\n"
        "yes     all of  (what)\n"
        "yes       any of\n"
        "no          eventName starts with 'Put'\n"
        "yes         eventName starts with 'Delete'\n"
        "yes       errorCode is absent or null\n"
        "no      not\n"
        "yes       userIdentity.type is 'Root'  (who)\n"
    )
    assert done.returncode == NONE


def test_explain_a_filter(rules):
    rules.add_filter(["00000000-0000-4000-8000-000000000000"], {"eventID": "1"})
    done = engine.run("match", "--rules", rules.folder, "--explain", stdin=text(HIT))
    _, first, *tree = done.stdout.decode().splitlines()
    assert first == 'filter "A filter" takes record 1 of - away'
    assert tree == ["no    not", "yes     eventID is '1'  (selection)"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["match", "--rules"], "sigma: --rules needs a value"),
        (["match", "--explian"], "sigma: match knows no option --explian"),
        (["match", "--rules", "nowhere"], "sigma: nowhere: No such file or directory"),
        (["match", "nowhere.json"], "sigma: nowhere.json: cannot be read, or is not whole"),
        (["show", "nowhere"], "sigma: nowhere: No such file or directory"),
        (["pattern", "nowhere"], "sigma: nowhere: No such file or directory"),
        (["frobnicate"], "sigma: there is no command frobnicate: see sigma --help"),
    ],
    ids=" ".join,
)
def test_wrong_arguments(arguments, message):
    done = engine.run(*arguments)
    assert done.stdout == b""
    assert done.stderr.decode().splitlines()[0] == message
    assert done.returncode == ERROR


def test_help_and_version():
    shown = engine.run("--help")
    assert (shown.returncode, shown.stderr) == (FOUND, b"")
    words = ("check", "show", "pattern", "match", "--explain", "render", "--as", "--version")
    for word in (*words, "exit status"):
        assert word in shown.stdout.decode()
    assert all(len(line) <= 100 for line in shown.stdout.decode().splitlines())
    without = engine.run()
    assert (without.returncode, without.stdout, without.stderr) == (ERROR, b"", shown.stdout)
    version = engine.run("--version")
    assert re.fullmatch(rb"sigma [0-9.]+\n", version.stdout)
    assert version.returncode == FOUND


# check and the tests beside a rule


def check(folder, tests=None, *options):
    if tests is not None:
        content = tests if isinstance(tests, bytes) else text(tests)
        (folder / "rules/0000.tests.json").write_bytes(content)
    done = engine.run("check", *options, "rules", cwd=folder)
    return done.returncode, done.stdout.decode()


def test_tests_that_hold(rules, tmp_path):
    tests = {"match": [HIT, envelope(HIT)], "none": [MISS]}
    wanted = "ok    rules/0000.yml  Hits, tests: 2 match, 1 do not\n"
    assert check(tmp_path, tests) == (FOUND, wanted)
    assert check(tmp_path, tests, "--tests") == (FOUND, wanted)


def test_tests_may_be_demanded(rules, tmp_path):
    assert check(tmp_path) == (FOUND, "ok    rules/0000.yml  Hits, without tests\n")
    wanted = (ERROR, "FAIL  rules/0000.yml  Hits, without tests\n")
    assert check(tmp_path, None, "--tests") == wanted


FAILING = {
    "a match that is none": (
        {"match": [HIT, MISS], "none": [MISS]},
        'event 2 of "match": it does not match',
    ),
    "a match that should be none": (
        {"match": [HIT], "none": [HIT]},
        'event 1 of "none": it matches',
    ),
    "no match": ({"match": [], "none": [MISS]}, "match and none need an event each"),
    "all match": ({"match": [HIT], "none": []}, "match and none need an event each"),
    "one array": ({"match": [HIT]}, "there is no array none"),
    "something else": (b"{}", "there is no array match"),
    "not JSON": (b"{", "not JSON from byte 1 of 1"),
    "not a record": ({"match": [{}], "none": [MISS]}, "the event holds no CloudTrail record"),
}


@pytest.mark.parametrize("failing", FAILING)
def test_tests_that_fail(rules, tmp_path, failing):
    tests, message = FAILING[failing]
    status, told = check(tmp_path, tests)
    assert f"FAIL  rules/0000.tests.json: {message}" in told
    assert "ok " not in told
    assert status == ERROR


def test_a_limit_in_a_test_fails_it(tmp_path):
    """Neither match nor none: not even an event of `none` passes."""
    rules = Rules(tmp_path / "rules")
    rules.add({"s": {"eventID|re": "(a+)+[bc]"}, "condition": "s"})
    long = HIT | {"eventID": "a" * 64}
    status, told = check(tmp_path, {"match": [HIT | {"eventID": "ab"}], "none": [long]})
    assert status == ERROR
    assert "ok " not in told


def test_check_takes_filters(rules, tmp_path):
    rules.add_filter(["00000000-0000-4000-8000-000000000000"], {"eventID": "1"})
    status, told = check(tmp_path)
    assert "ok    rules/0001.yml  A filter, a filter\n" in told
    assert status == FOUND


# show


def test_show(tmp_path):
    (tmp_path / "rule.yml").write_text(
        """\
title: A trail is silenced
id: 00000000-0000-4000-8000-000000000001
status: test
level: high
author: The tests
date: 2026-11-24
license: CC0-1.0
description: Somebody stops the log.
references:
    - one
    - two
tags:
    - attack.defense-impairment
    - attack.t1562.008
    - cve.2026.1
falsepositives:
    - Maintenance
fields:
    - userAgent
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventName:
            - StopLogging
            - Delete*
        sourceIPAddress|cidr: 192.0.2.0/24
    mine:
        - terraform
    condition: selection and not mine
"""
    )
    done = engine.run("show", "rule.yml", cwd=tmp_path)
    assert done.stdout.decode() == (
        """\
title        A trail is silenced
id           00000000-0000-4000-8000-000000000001
level        high
status       test
author       The tests
date         2026-11-24
license      CC0-1.0
log source   aws, cloudtrail
tactic       defense-impairment
technique    t1562.008
references   one
             two
innocent     Maintenance
fields       userAgent

Somebody stops the log.

matches where
  all of
    all of  (selection)
      any of
        eventName is 'StopLogging'
        eventName is like 'Delete*'
      sourceIPAddress is in '192.0.2.0/24'
    not
      the record contains 'terraform'  (mine)

FIELD                                    KIND                   VALUE
eventName                                value                  StopLogging
eventName                                value                  Delete*
sourceIPAddress                          cidr                   192.0.2.0/24
(keyword)                                value                  terraform
"""
    )
    assert done.returncode == FOUND


def test_show_several(rules):
    rules.add({"s": ["x"], "condition": "s"}, "Second")
    done = engine.run("show", *rules.files)
    titles = re.findall(r"^title +(.*)$", done.stdout.decode(), re.MULTILINE)
    assert titles == ["Hits", "Second"]
