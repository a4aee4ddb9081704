"""The EventBridge pattern: what it says, and that it lets each true match through."""

import json

import pytest

import engine
import ruler
from ruleset import Rules
from samples import FILES, FOLDER

PROJECT = engine.ROOT / "function/rules"
ANY = {"source": [{"prefix": "aws."}], "detail-type": [{"suffix": " via CloudTrail"}]}
ACCOUNT = ANY | {"source": ["aws.account"]}
OPEN = '{} is left open: the rule "A rule" does not limit it to texts'


def pattern(*paths):
    """What `pattern` prints: JSON on one line, and the notes."""
    done = engine.run("pattern", *paths)
    assert done.returncode == 0
    (line,) = done.stdout.decode().splitlines()
    return line, [note for note in done.stderr.decode().splitlines() if "not used" not in note]


def any_case(*texts):
    return [{"equals-ignore-case": text} for text in texts]


# selections, condition: what stands under detail
DERIVED = {
    "source and name": (
        {"s": {"eventSource": "kms.amazonaws.com", "eventName": "Encrypt"}, "condition": "s"},
        {"eventSource": any_case("kms.amazonaws.com"), "eventName": any_case("Encrypt")},
    ),
    "cased is widened": (
        {"s": {"eventName|cased": "Encrypt"}, "condition": "s"},
        {"eventName": any_case("Encrypt")},
    ),
    "a list": (
        {"s": {"eventName": ["A", "B"]}, "condition": "s"},
        {"eventName": any_case("A", "B")},
    ),
    "one name in two spellings": (
        {"s": {"eventName": ["Put", "PUT"]}, "condition": "s"},
        {"eventName": any_case("Put")},
    ),
    "the beginning and the end": (
        {
            "s": {"eventName": ["Put*", "*Acl"]},
            "t": {"eventName|startswith": "Get"},
            "condition": "s or t",
        },
        {
            "eventName": [
                {"prefix": {"equals-ignore-case": "Put"}},
                {"suffix": {"equals-ignore-case": "Acl"}},
                {"prefix": {"equals-ignore-case": "Get"}},
            ]
        },
    ),
    "characters of patterns and of JSON": (
        {"s": {"eventName": 'a\\*"\\'}, "condition": "s"},
        {"eventName": any_case('a*"\\')},
    ),
    "other fields are left out": (
        {"s": {"eventName": "A", "errorCode": None, "awsRegion": "x"}, "condition": "s"},
        {"eventName": any_case("A")},
    ),
    "and takes the part with fewer names": (
        {"s": {"eventName": ["A", "B"]}, "t": {"eventName": "A"}, "condition": "s and t"},
        {"eventName": any_case("A")},
    ),
    "not is left out": (
        {"s": {"eventName": "A*"}, "t": {"eventName": "Ab"}, "condition": "s and not t"},
        {"eventName": [{"prefix": {"equals-ignore-case": "A"}}]},
    ),
    "neq alone": ({"s": {"eventName|neq": "A"}, "condition": "s"}, None),
    "or with another field": (
        {"s": {"eventName": "A"}, "t": {"errorCode": "B"}, "condition": "s or t"},
        None,
    ),
    "contains": ({"s": {"eventName|contains": "A"}, "condition": "s"}, None),
    "a wildcard in the middle": ({"s": {"eventName": "A*b"}, "condition": "s"}, None),
    "a question mark": ({"s": {"eventName": "A?"}, "condition": "s"}, None),
    "re": ({"s": {"eventName|re": "^A$"}, "condition": "s"}, None),
    "fieldref": ({"s": {"eventName|fieldref": "a"}, "condition": "s"}, None),
    "exists": ({"s": {"eventName|exists": True}, "condition": "s"}, None),
    "null": ({"s": {"eventName": None}, "condition": "s"}, None),
    "the empty text": ({"s": {"eventName": ""}, "condition": "s"}, None),
    "a number": ({"s": {"eventName": 5}, "condition": "s"}, None),
    "keywords": ({"s": ["A"], "condition": "s"}, None),
    "an event name elsewhere": (
        {"s": {"requestParameters.eventName": "A"}, "condition": "s"},
        None,
    ),
}


@pytest.mark.parametrize("name", DERIVED)
def test_derived(name, tmp_path):
    detection, detail = DERIVED[name]
    rules = Rules(tmp_path / "rules")
    rules.add(detection)
    line, notes = pattern(rules.folder)
    assert json.loads(line) == ANY | ({"detail": detail} if detail else {})
    left_open = [key for key in ("eventSource", "eventName") if key not in (detail or {})]
    assert notes == [OPEN.format(key) for key in left_open]


def test_the_rules_of_the_project():
    line, notes = pattern(PROJECT / "aws_cloudtrail_region_enabled.yml")
    assert line == json.dumps(
        ACCOUNT
        | {
            "detail": {
                "eventSource": any_case("account.amazonaws.com"),
                "eventName": any_case("EnableRegion"),
            }
        },
        separators=(",", ":"),
    )
    assert notes == []


def test_a_filter_does_not_narrow(tmp_path):
    rules = Rules(tmp_path / "rules")
    rule_id = rules.add({"s": {"eventName": "A*"}, "condition": "s"})
    before = pattern(rules.folder)
    rules.add_filter([rule_id], {"eventName": "Ab"})
    assert pattern(rules.folder) == before


def test_union(tmp_path):
    rules = Rules(tmp_path / "rules")
    rules.add({"s": {"eventSource": "a.amazonaws.com", "eventName": "A"}, "condition": "s"})
    rules.add({"s": {"eventSource": "b.amazonaws.com", "eventName": ["a", "B"]}, "condition": "s"})
    line, _ = pattern(rules.folder)
    assert json.loads(line)["detail"] == {
        "eventSource": any_case("a.amazonaws.com", "b.amazonaws.com"),
        "eventName": any_case("A", "B"),
    }


def test_union_with_an_open_rule(tmp_path):
    """One rule that any event name may match opens the pattern for all."""
    rules = Rules(tmp_path / "rules")
    rules.add({"s": {"eventSource": "a.amazonaws.com", "eventName": "A"}, "condition": "s"})
    rules.add({"s": {"eventSource": "b.amazonaws.com"}, "condition": "s"}, "All of b")
    line, notes = pattern(rules.folder)
    assert json.loads(line)["detail"] == {
        "eventSource": any_case("a.amazonaws.com", "b.amazonaws.com")
    }
    assert notes == ['eventName is left open: the rule "All of b" does not limit it to texts']


@pytest.mark.parametrize(
    ("names", "sources", "left"),
    [
        (40, 3, {"eventName", "eventSource"}),
        (80, 3, {"eventSource"}),
        (80, 80, set()),
        (3, 80, set()),
    ],
)
def test_what_would_be_too_long(tmp_path, names, sources, left):
    rules = Rules(tmp_path / "rules")
    values = {
        "eventName": [f"EventName{n:03}" for n in range(names)],
        "eventSource": [f"service{n:03}.amazonaws.com" for n in range(sources)],
    }
    rules.add({"s": values, "condition": "s"})
    line, notes = pattern(rules.folder)
    assert len(line) <= 2048
    assert set(json.loads(line).get("detail", {})) == left
    lost = [key for key in ("eventName", "eventSource") if key not in left]
    assert notes == [f"{key} is left open: the pattern would be longer than 2048" for key in lost]


# AWS's own matcher

needs_ruler = pytest.mark.skipif(
    bool(ruler.missing()),
    reason=f"AWS's matcher needs {' and '.join(ruler.missing())}: patterns are not put to it",
)


def narrow(line):
    """A pattern as it would be if Sigma minded the case."""
    narrowed = json.loads(line)
    for key, tests in narrowed.get("detail", {}).items():
        narrowed["detail"][key] = [test.get("equals-ignore-case", test) for test in tests]
    return json.dumps(narrowed)


def is_text(value):
    """CloudTrail writes texts for these; an array of them is as far as an event could go."""
    texts = value if isinstance(value, list) else [value or ""]
    return all(isinstance(text, str) for text in texts)


@pytest.fixture(scope="module")
def matched(records, decided):
    """The matches: an event and the id of the rule."""
    return [
        (ruler.envelope(records[n]), rule_id)
        for n, rule_id in sorted(decided)
        if all(is_text(records[n].get(key)) for key in ("eventSource", "eventName"))
    ]


def lost(paths_by_rule, matched, folder, change=lambda line: line):
    """The matches that the pattern derived from these rules keeps from the function."""
    patterns = {paths: change(pattern(*paths)[0]) for paths in set(paths_by_rule.values())}
    numbers = {paths: n for n, paths in enumerate(patterns)}
    asked = [(event, paths_by_rule[rule]) for event, rule in matched if rule in paths_by_rule]
    assert asked
    passed = ruler.passed(patterns.values(), [event for event, _ in asked], folder)
    return [
        (patterns[paths], event)
        for (event, paths), through in zip(asked, passed, strict=True)
        if numbers[paths] not in through
    ]


@pytest.fixture(scope="module")
def ids():
    shown = engine.run("show", *FILES).stdout.decode()
    found = [line.split()[1] for line in shown.splitlines() if line.startswith("id ")]
    return dict(zip(FILES, found, strict=True))


@pytest.fixture(scope="module")
def groups(ids):
    """The rules alone, and those whose patterns name the same keys, so that no union is open."""
    by_keys = {}
    for file in FILES:
        keys = frozenset(json.loads(pattern(file)[0]).get("detail", {}))
        by_keys.setdefault(keys, []).append(file)
    assert len(by_keys) == 4, "neither, one, the other, both"
    return {
        "each alone": {rule_id: (file,) for file, rule_id in ids.items()},
        "all": {rule_id: (FOLDER,) for rule_id in ids.values()},
        "alike": {ids[file]: tuple(files) for files in by_keys.values() for file in files},
    }


@needs_ruler
@pytest.mark.parametrize("group", ["each alone", "alike", "all"])
def test_no_match_is_lost(groups, matched, tmp_path, group):
    ruler.prepare()
    assert lost(groups[group], matched, tmp_path) == []


@needs_ruler
@pytest.mark.parametrize("group", ["each alone", "alike"])
def test_a_pattern_too_narrow_is_found(groups, matched, tmp_path, group):
    """The test above can fail: with patterns that mind the case it does."""
    ruler.prepare()
    assert lost(groups[group], matched, tmp_path, narrow)


@needs_ruler
@pytest.mark.parametrize("event_type", ["AwsApiCall", *ruler.DETAIL_TYPES])
def test_any_detail_type(tmp_path, event_type):
    """The deployed pattern takes what the service tells of itself too."""
    ruler.prepare()
    record = {"eventSource": "account.amazonaws.com", "eventName": "ENABLEREGION"}
    event = ruler.envelope(record | {"eventType": event_type})
    assert ruler.passed([pattern(PROJECT)[0]], [event], tmp_path) == [{0}]


@needs_ruler
def test_events_of_the_project(tmp_path):
    """The deployed pattern lets the samples of EnableRegion through, and not the others.

    The test of the function is none of AWS's: who makes one invokes the function.
    """
    ruler.prepare()
    files = sorted((engine.ROOT / "events").glob("*.json"))
    files = [file for file in files if file.stem != "malformed"]
    samples = [json.loads(file.read_text()) for file in files]
    passed = ruler.passed([pattern(PROJECT)[0]], samples, tmp_path)
    through = {file.stem for file, numbers in zip(files, passed, strict=True) if numbers}
    wanted = {file.stem for file in files if file.stem.startswith("enable-region")}
    assert through == wanted - {"enable-region-test"}
