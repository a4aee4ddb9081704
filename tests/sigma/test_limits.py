"""Work has bounds: what reaches one is an error (exit status 2), never "no match"."""

import gzip
import json

import pytest

import engine
from ruleset import Rules

MEBIBYTE = 1 << 20


@pytest.fixture
def rules(tmp_path):
    return Rules(tmp_path / "rules")


def match(rules, record, *options):
    event = record if isinstance(record, bytes) else engine.event(record)
    return engine.run("match", "--rules", rules.folder, *options, stdin=event, timeout=20)


# They end in a class, for PCRE knows at once that a letter which must come is not there.
CATASTROPHES = {
    "(a+)+[bc]": "a" * 64,
    "(a|a)*[bc]": "a" * 64,
    "(a*)*(a*)*[bc]": "a" * 64,
    "^(([a-z])+.)+[A-Z]([a-z])+$": "a" * 64,
    "(.*,){20}[xy]": "1," * 60,
}


@pytest.mark.parametrize("expression", CATASTROPHES)
def test_an_expression_takes_too_long(rules, expression):
    rule_id = rules.add({"s": {"a|re": expression}, "condition": "s"})
    done = match(rules, {"a": CATASTROPHES[expression]})
    assert (done.returncode, done.stdout) == (2, b"")
    message = f"sigma: -: record 1: rule {rule_id}: a regular expression takes too long\n"
    assert done.stderr.decode() == message


@pytest.mark.parametrize("expression", ["a{1,90}a{1,90}a{1,90}[bc]", ".+a.+[bc]"])
def test_the_limit_is_for_the_whole_search(rules, expression):
    """No single place in the text takes long, but all of them together do."""
    rules.add({"s": {"a|re": expression}, "condition": "s"})
    done = match(rules, {"a": "a" * (MEBIBYTE - 100)})
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"takes too long" in done.stderr


@pytest.mark.parametrize("condition", ["not s", "s or t", "not (not s)", "t and s"])
def test_a_limit_is_no_answer_under_any_operator(rules, condition):
    rules.add({"s": {"a|re": "(a+)+[bc]"}, "t": {"b": "x"}, "condition": condition})
    record = {"a": "a" * 64, "b": "x" if "and" in condition else "y"}
    done = match(rules, record)
    assert (done.returncode, done.stdout) == (2, b"")


def test_what_is_known_without_the_expression_is_known(rules):
    rules.add({"s": {"a|re": "(a+)+[bc]"}, "t": {"b": "x"}, "condition": "t and s"})
    assert match(rules, {"a": "a" * 64, "b": "y"}).returncode == 1


def test_other_rules_are_still_decided(rules):
    rules.add({"s": {"a|re": "(a+)+[bc]"}, "condition": "s"})
    other = rules.add({"s": {"a": "a*"}, "condition": "s"})
    done = match(rules, {"a": "a" * 64})
    assert json.loads(done.stdout)["ruleId"] == other
    assert done.returncode == 2


def test_a_plain_expression_on_a_large_text(rules):
    rules.add({"s": {"a|re": "x[0-9]{3}y$"}, "condition": "s"})
    assert match(rules, {"a": "x12y" * 200_000 + "x123y"}).returncode == 0
    assert match(rules, {"a": "x12y" * 200_000}).returncode == 1


def test_fieldref_over_large_arrays(rules):
    rules.add({"s": {"a|fieldref": "b"}, "condition": "s"})

    def arrays(size):
        return {"a": [f"a{n}" for n in range(size)], "b": [f"b{n}" for n in range(size)]}

    assert match(rules, arrays(900)).returncode == 1
    done = match(rules, arrays(1100))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"a fieldref compares too many values" in done.stderr


def test_explain_counts_anew(rules):
    """The comparisons of the decision are not those of its explanation."""
    rules.add({"s": {"a|fieldref": "b"}, "condition": "s"})
    record = {"a": [f"a{n}" for n in range(800)], "b": [f"b{n}" for n in range(800)]}
    done = match(rules, record, "--explain")
    assert done.stdout.decode().splitlines()[1].startswith("no ")


def nested(depth, inner):
    return b'{"detail":{"a":' + b"[" * depth + inner + b"]" * depth + b"}}"


def test_deep_arrays(rules):
    """As deep as JSON may be, and one deeper."""
    rules.add({"s": {"a": "x"}, "condition": "s"})
    assert match(rules, nested(990, b'"x"')).returncode == 0
    done = match(rules, nested(1001, b'"x"'))
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"not JSON" in done.stderr


def test_deep_objects_as_text(rules):
    rules.add({"s": {"a|contains": '"b":"x"'}, "condition": "s"})
    rules.add({"s": ['"b":"x"'], "condition": "s"})
    deep = b'{"a":' * 900 + b'{"b":"x"}' + b"}" * 900
    done = match(rules, b'{"detail":' + deep + b"}")
    assert len(done.stdout.splitlines()) == 2


def test_a_path_through_many_arrays(rules):
    rules.add({"s": {"a.b.c": "x"}, "condition": "s"})
    record = {"a": [{"b": [{"c": f"y{n}"} for n in range(100)]} for _ in range(300)]}
    assert match(rules, record).returncode == 1
    record["a"][-1]["b"][-1]["c"] = "X"
    assert match(rules, record).returncode == 0


@pytest.mark.parametrize(
    "selection",
    [
        {"a|contains": "*a*a*a*a*a*b"},
        {"a|contains|all": ["end", "aaa?aaa"]},
        ["*a*b*c*d*"],
        {"|all": ["detail of it", "aaaa"]},
    ],
    ids=str,
)
def test_an_event_of_a_mebibyte(rules, selection):
    """Patterns that go back and forth end in seconds, with the answer that they have."""
    rules.add({"s": selection, "condition": "s"})
    record = {"a": "a" * (MEBIBYTE - 100)}
    assert match(rules, record).returncode == 1
    record["a"] += "bcd detail of it: end"
    assert match(rules, record).returncode == 0


def test_controls_make_the_text_six_times_as_long(rules):
    """JSON escapes each: the memory reserved for a text is enough for the largest event."""
    rules.add({"s": ["\\\\u0001x"], "condition": "s"})
    rules.add({"s": {"o|contains": "\\\\u0001x"}, "condition": "s"})
    value = b"\x01" * (MEBIBYTE - 100) + b"x"
    done = match(rules, b'{"detail":{"o":{"p":"' + value + b'"}}}')
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize("selection", [["x"], {"o|contains": "x"}], ids=["keyword", "object"])
def test_more_than_an_event_can_be(rules, selection):
    """Beyond a mebibyte nothing is reserved: an error, and no answer."""
    rules.add({"s": selection, "condition": "not s"})
    done = match(rules, b'{"detail":{"o":{"p":"' + b"\x01" * (MEBIBYTE + 100) + b'"}}}')
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"too large" in done.stderr


def test_many_keys(rules):
    rules.add({"s": {"last": "x"}, "condition": "s"})
    record = {f"k{n}": n for n in range(50_000)} | {"last": "x"}
    assert match(rules, record).returncode == 0


def test_a_bomb_of_gzip_is_only_its_text(rules):
    rules.add({"s": {"a": "x"}, "condition": "s"})
    blanks = b" " * (32 * MEBIBYTE)
    assert match(rules, gzip.compress(blanks + b'{"detail":{"a":"x"}}')).returncode == 0


def test_a_thousand_rules(rules):
    ids = [rules.add({"s": {"a": f"x{n}"}, "condition": "s"}) for n in range(1000)]
    done = match(rules, {"a": "x777"})
    assert json.loads(done.stdout)["ruleId"] == ids[777]


def test_a_selection_named_too_often(rules):
    """Each naming is a copy; their sum has a bound."""
    names = " or ".join(["s"] * 100)
    rules.add({"s": [f"x{n}" for n in range(700)], "condition": names})
    done = match(rules, {"a": "x"})
    assert done.returncode == 2
    assert b"more than 65536 tests" in done.stderr
