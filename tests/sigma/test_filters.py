"""Sigma Filters: a match that an exception takes away is suppressed, and nothing else is."""

import pytest

import engine
import mutation
import oracle
from ruleset import Rules

FIELDS = {
    "eventName": "EnableRegion",
    "userIdentity.arn": "arn:aws:sts::111122223333:assumed-role/LandingZone/x",
    "requestParameters.RegionName": "af-south-1",
    "errorCode": "AccessDenied",
}
SELECTIONS = {
    "one field": {"userIdentity.arn|contains": "role/landingzone/"},
    "two fields": {
        "userIdentity.arn|contains": "LandingZone",
        "requestParameters.RegionName": ["af-south-1", "eu-*"],
    },
    "a list of maps": [
        {"requestParameters.RegionName": "af-south-1"},
        {"userIdentity.arn|endswith": "/y"},
    ],
    "keywords": ["LandingZone", "Pipeline"],
    "an absent field": {"errorCode": None},
}


@pytest.fixture
def rules(tmp_path):
    return Rules(tmp_path / "rules")


@pytest.fixture
def records():
    return [record for _, record in mutation.mutations(FIELDS)]


def add_rule(rules, condition="s", title="A rule"):
    return rules.add(
        {
            "s": {"eventName|startswith": "Enable"},
            "t": {"requestParameters.RegionName": "eu-south-1"},
            "condition": condition,
        },
        title,
    )


def split(lines):
    """The alerts and the suppressed matches, each as the oracle has it."""
    pairs = [(line["record"] - 1, line["ruleId"], "suppressedBy" in line) for line in lines]
    alerts = {(record, rule) for record, rule, suppressed in pairs if not suppressed}
    return alerts, {(record, rule) for record, rule, suppressed in pairs if suppressed}


@pytest.mark.parametrize("condition", ["s", "s or t", "not t", ["s", "t"]], ids=str)
@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
def test_as_pysigma_combines_them(rules, records, tmp_path, selection, condition):
    """(rule) and (condition of the filter): the alerts; (rule) and the rest: suppressed."""
    rule_id = add_rule(rules, condition)
    all_of_rule = oracle.Oracle(oracle.read(rules.files)).decide(records)
    rules.add_filter([rule_id], selection)
    wanted = oracle.Oracle(oracle.read(rules.files)).decide(records)
    assert set() < wanted < all_of_rule, "the filter takes some away, not all"
    alerts, suppressed = split(engine.lines([rules.folder], records, tmp_path))
    assert alerts == wanted
    assert suppressed == all_of_rule - wanted


def test_only_the_rules_named(rules, tmp_path):
    named, other, also = (add_rule(rules, title=title) for title in ("named", "other", "also"))
    rules.add_filter([named, also.upper()], {"eventName": "EnableRegion"})
    lines = engine.lines([rules.folder], [{"eventName": "EnableRegion"}], tmp_path)
    assert split(lines) == ({(0, other)}, {(0, named), (0, also)})


def test_several_filters(rules, tmp_path):
    """Each takes its own away; the line names the first that does."""
    rule_id = add_rule(rules)
    rules.add_filter([rule_id], {"a": "1"}, title="First")
    rules.add_filter([rule_id], {"b": "1"}, title="Second")
    records = [
        {"eventName": "Enable"} | more for more in ({}, {"a": 1}, {"b": 1}, {"a": 1, "b": 1})
    ]
    lines = engine.lines([rules.folder], records, tmp_path)
    by = [line.get("suppressedBy") for line in lines]
    assert by == [None, "First", "Second", "First"]


def test_filter_and_rule_in_any_order(rules, tmp_path):
    """A filter may stand in a file before its rule."""
    rules.add_filter(["00000000-0000-4000-8000-000000000001"], {"a": "1"})
    rule_id = add_rule(rules)
    lines = engine.lines([rules.folder], [{"eventName": "Enable", "a": 1}], tmp_path)
    assert split(lines) == (set(), {(0, rule_id)})


def test_all_suppressed_is_no_match(rules, tmp_path):
    rule_id = add_rule(rules)
    rules.add_filter([rule_id], {"a": "1"}, condition="  not   selection ")
    event = engine.event({"eventName": "Enable", "a": 1})
    done = engine.run("match", "--rules", rules.folder, stdin=event)
    assert b'"suppressedBy":"A filter"' in done.stdout
    assert done.returncode == 1


def test_a_limit_in_a_filter_is_an_error(rules, tmp_path):
    """Whether the match is an exception is not known: no alert, no suppression, but an error."""
    rule_id = add_rule(rules)
    rules.add_filter([rule_id], {"a|re": "(x+x+)+[yz]"})
    event = engine.event({"eventName": "Enable", "a": "x" * 200})
    done = engine.run("match", "--rules", rules.folder, stdin=event)
    assert done.stdout == b""
    assert b"takes too long" in done.stderr
    assert done.returncode == 2
