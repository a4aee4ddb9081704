"""Where the engine and pySigma's backend as it is differ, one by one, and why.

Each row is a decision of function/sigma/rule.h, or of the header named: a rule, a record, whether
the engine matches, and whether stock pySigma does. A row where the two agree fails.
"""

import typing

import pytest
from sigma.exceptions import SigmaError

import engine
import oracle
from ruleset import Rules

REFUSES = "refuses the rule"


class Decision(typing.NamedTuple):
    reason: str
    selection: str
    record: dict | bytes
    matches: bool
    stock: bool | str


ANY_ELEMENT = "an array matches if any element does; the table of stock holds them joined by blanks"
NULL_THERE = "exists asks whether the field is there, be it null: the specification's words"
NUMBERS = "lt to gte compare numbers; stock compares the texts of its column"
NO_BOOLEAN = "a boolean is the text true or false; stock takes 1 and 0 for booleans too"
ADDRESSES = "cidr reads addresses; stock compares the beginning of a text"
AS_WRITTEN = "a number also means its text as the rule writes it; stock reads it and prints it anew"
YAML = "document.h: what is no YAML 1.1 boolean, null or plain number is a string"
OBJECTS = "an object equals nothing under fieldref; stock compares the JSON texts"
CASED = "cased goes with fieldref; stock has no such thing"
NETWORK = "bits behind the prefix of a network do not count (cidr.h); stock refuses them"

DECISIONS = [
    Decision(ANY_ELEMENT, "name: b", {"name": ["a", "b"]}, True, False),
    Decision(ANY_ELEMENT, "name|startswith: b", {"name": ["a", "b"]}, True, False),
    Decision(ANY_ELEMENT, "name|endswith: a", {"name": ["a", "b"]}, True, False),
    Decision(ANY_ELEMENT, "name: a b", {"name": ["a", "b"]}, False, True),
    Decision(ANY_ELEMENT, "name|contains: a b", {"name": ["a", "b"]}, False, True),
    Decision(ANY_ELEMENT, "name|neq: b", {"name": ["a", "b"]}, False, True),
    Decision(ANY_ELEMENT, "name|re: '^b'", {"name": ["a", "b"]}, True, False),
    Decision(ANY_ELEMENT, "name|cidr: 10.0.0.0/8", {"name": ["::1", "10.0.0.1"]}, True, False),
    Decision(ANY_ELEMENT, "name: null", {"name": ["a", None]}, True, False),
    Decision(ANY_ELEMENT, "name: null", {"name": []}, False, True),
    Decision(ANY_ELEMENT, "name|fieldref: other", {"name": ["a", "b"], "other": "b"}, True, False),
    Decision(ANY_ELEMENT, "a.b: y", {"a": [{"b": "x"}, {"b": "y"}]}, True, False),
    Decision(ANY_ELEMENT, "a.b: y", {"a": [[{"b": ["x", "y"]}]]}, True, False),
    Decision(NULL_THERE, "name|exists: true", {"name": None}, True, False),
    Decision(NULL_THERE, "name|exists: false", {"name": None}, False, True),
    Decision(NULL_THERE, "name|exists: true", {"name": []}, True, False),
    Decision(NUMBERS, "count|gt: 9", {"count": 10}, True, False),
    Decision(NUMBERS, "count|lt: 9", {"count": 10}, False, True),
    Decision(NUMBERS, "count|gte: 9", {"count": "many"}, False, True),
    Decision(NUMBERS, "count|lte: 9", {"count": "-1e3 or so"}, False, True),
    Decision(NO_BOOLEAN, "flag: true", {"flag": 1}, False, True),
    Decision(NO_BOOLEAN, "flag: false", {"flag": "0"}, False, True),
    Decision(ADDRESSES, "ip|cidr: 10.0.0.0/8", {"ip": "10.example.com"}, False, True),
    Decision(ADDRESSES, "ip|cidr: 10.0.0.0/8", {"ip": "10.0.0.256"}, False, True),
    Decision(ADDRESSES, "ip|cidr: 2001:db8::/32", {"ip": "2001:0db8::1"}, True, False),
    Decision(ADDRESSES, "ip|cidr: '::/0'", {"ip": "no address"}, False, True),
    Decision(NETWORK, "ip|cidr: 10.1.2.3/8", {"ip": "10.9.9.9"}, True, REFUSES),
    Decision(OBJECTS, "a|fieldref: b", {"a": {"x": 1}, "b": {"x": 1}}, False, True),
    Decision(OBJECTS, "a|fieldref: b", {"a": {}, "b": "{}"}, False, True),
    Decision(CASED, "a|fieldref|cased: b", {"a": "x", "b": "x"}, True, REFUSES),
    Decision(CASED, "a|fieldref|cased: b", {"a": "x", "b": "X"}, False, REFUSES),
    Decision(AS_WRITTEN, "version: 1.10", {"version": "1.10"}, True, False),
    Decision(YAML, "date: 2025-10-19", {"date": "2025-10-19"}, True, REFUSES),
]


def rules_of(selection, folder):
    rules = Rules(folder / "rules")
    rules.add(f"selection:\n    {selection}\ncondition: selection")
    return rules


def engine_matches(selection, record, folder):
    rules = rules_of(selection, folder)
    return bool(engine.hits([rules.folder], [record], folder))


def name(decision):
    return f"{decision.selection} on {decision.record}"


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_decision(decision, tmp_path):
    assert decision.matches != decision.stock, "not a difference"
    assert engine_matches(decision.selection, decision.record, tmp_path) == decision.matches
    assert stock_matches(decision, tmp_path / "rules") == decision.stock


def stock_matches(decision, folder):
    try:
        rules = oracle.read(folder.iterdir())
        return bool(oracle.Stock(rules).decide([decision.record]))
    except SigmaError:
        return REFUSES


# Decisions that no other engine was asked about.

DUPLICATE = "the first of two equal keys counts (event.h)"
SAFE = "an escape of NUL or of a lone surrogate becomes U+FFFD, a bad byte '?' (event.h)"
PRINTED = "an integer below 2^53 is its digits, another number what cJSON prints"
LETTERS = "case folding is ASCII's, but re with i folds letters as PCRE does"
DOTTED_KEY = "a key with dots in it comes before the path"
UNDERSCORE = "only them leaves out names that begin with an underscore (condition.h)"
WHOLE_RECORD = "a keyword is looked for in the compact JSON text of the whole record"
NO_TEXT = "null and an object are no text: not even the empty one"
ADDRESS_FORM = "an address is what inet_pton reads: no zone, no mapping between versions"


class Own(typing.NamedTuple):
    reason: str
    selection: str
    record: dict | bytes
    matches: bool


def raw(detail):
    return b'{"detail":' + detail + b"}"


OWN = [
    Own(DUPLICATE, "name: a", raw(b'{"name":"a","name":"b"}'), True),
    Own(DUPLICATE, "name: b", raw(b'{"name":"a","name":"b"}'), False),
    Own(SAFE, "name: a", raw(rb'{"name":"a\u0000b"}'), False),
    Own(SAFE, "name: a?b", raw(rb'{"name":"a\u0000b"}'), True),
    Own(SAFE, '"name": "a\\uFFFDb"', raw(rb'{"name":"a\u0000b"}'), True),
    Own(SAFE, '"name": "a\\uFFFDb"', raw(rb'{"name":"a\ud800b"}'), True),
    Own(SAFE, "name: 'a\\?'", raw(b'{"name":"a\xff"}'), True),
    Own(SAFE, "name: a", raw(rb'{"name\u0000":"a"}'), False),
    Own(PRINTED, "count: '9007199254740991'", raw(b'{"count":9007199254740991}'), True),
    Own(PRINTED, "count: '1000'", raw(b'{"count":1e3}'), True),
    Own(PRINTED, "count: '9.00719925474099e+15'", raw(b'{"count":9007199254740993}'), True),
    Own(PRINTED, "count: '0.1'", raw(b'{"count":1.0e-1}'), True),
    Own(PRINTED, "count: 9007199254740993", raw(b'{"count":9007199254740992}'), True),
    Own(LETTERS, "name: stop", {"name": "\u017ftop"}, False),
    Own(LETTERS, "name|contains: Ü", {"name": "ü"}, False),
    Own(LETTERS, "name|re|i: '^stop$'", {"name": "\u017ftop"}, True),
    Own(LETTERS, "name|re|i: '^kill$'", {"name": "\u212aill"}, True),
    Own(LETTERS, "name|re|i: '^kill$'", {"name": "k\u0131ll"}, False),
    Own(LETTERS, "name|re: '^stop$'", {"name": "STOP"}, False),
    Own(DOTTED_KEY, "a.b: x", {"a.b": "x", "a": {"b": "y"}}, True),
    Own(DOTTED_KEY, "a.b: y", {"a.b": "x", "a": {"b": "y"}}, False),
    Own(DOTTED_KEY, "a.b.c: x", {"a": {"b.c": "x"}}, True),
    Own(DOTTED_KEY, "a.b.c: x", {"a.b": {"c": "x"}}, False),
    Own(NO_TEXT, "a|fieldref: b", {"a": "", "b": None}, False),
    Own(NO_TEXT, "a|fieldref: b", {"a": None, "b": ""}, False),
    Own(NO_TEXT, "a|fieldref: b", {"a": None, "b": None}, False),
    Own(NO_TEXT, "a|fieldref: b", {"a": "", "b": {}}, False),
    Own(NO_TEXT, "a|fieldref: b", {"a": {}, "b": ""}, False),
    Own(NO_TEXT, "a|fieldref: b", {"b": ""}, False),
    Own(NO_TEXT, "a: ''", {"a": None}, False),
    Own(NO_TEXT, "a|contains: ''", {"a": None}, False),
    Own(NO_TEXT, "a|contains: ''", {"a": ""}, True),
    Own(WHOLE_RECORD, "'|all': ['\"name\":\"a\"', '{\"o\":[1,']", {"o": [1, 2], "name": "a"}, True),
    Own(WHOLE_RECORD, "'|all': ['\"name\": \"a\"', '{']", {"name": "a"}, False),
    Own(WHOLE_RECORD, "'|all': ['say \\\\\"hi', '\\\\n']", {"name": 'say "hi"\n'}, True),
    Own(ADDRESS_FORM, "ip|cidr: fe80::/10", {"ip": "fe80::1%eth0"}, False),
    Own(ADDRESS_FORM, "ip|cidr: 10.0.0.0/8", {"ip": "::ffff:10.0.0.1"}, False),
    Own(ADDRESS_FORM, "ip|cidr: 10.0.0.0/8", {"ip": "10.0.0.01"}, False),
    Own(ADDRESS_FORM, "ip|cidr: 10.0.0.0/8", {"ip": "10.1"}, False),
    Own(ADDRESS_FORM, "ip|cidr: 10.0.0.0/8", {"ip": "a00::"}, False),
    Own(ADDRESS_FORM, "ip|cidr: 10.0.0.0/8", {"ip": " 10.0.0.1"}, False),
    Own(ADDRESS_FORM, "ip|cidr: 0.0.0.0/0", {"ip": 167772161}, False),
]


@pytest.mark.parametrize("own", OWN, ids=name)
def test_own_decision(own, tmp_path):
    assert engine_matches(own.selection, own.record, tmp_path) == own.matches


@pytest.mark.parametrize(("condition", "matches"), [("1 of them", False), ("1 of *sel", True)])
def test_underscore(condition, matches, tmp_path):
    """pySigma leaves such names out of globs too; the specification says so of them alone."""
    rules = Rules(tmp_path / "rules")
    rules.add(f"sel:\n    name: a\n_sel:\n    name: b\ncondition: {condition}")
    assert bool(engine.hits([rules.folder], [{"name": "b"}], tmp_path)) == matches
