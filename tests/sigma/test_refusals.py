"""What `check` refuses: each file with the line, marked with `# here`, and the reason."""

import re

import pytest

import engine

HEAD = """\
title: A rule
id: 00000000-0000-4000-8000-000000000001
logsource:
    product: aws
    service: cloudtrail
"""
GOOD = """\
detection:
    s:
        a: x
    condition: s
"""


def field(text):
    """A rule with one field, which is at fault."""
    return f"{HEAD}detection:\n    s:\n        {text}  # here\n    condition: s\n"


def condition(text):
    """A rule with two selections and a condition at fault."""
    return f"{HEAD}detection:\n    one: [x]\n    two: [y]\n    condition: {text}  # here\n"


def rule(detection):
    """A rule of which something else is at fault."""
    return HEAD + detection


def instead(old, new):
    """A good rule with one line exchanged."""
    return (HEAD + GOOD).replace(old, f"{new}  # here")


UTF16 = "no field of a CloudTrail record holds UTF-16"
TIMES = "parts of times cannot be compared: use a regular expression"
NOT_SUPPORTED = {
    "expand": "placeholders are not filled in: write the values out",
    "windash": "write each form of the value out",
    "base64": "write the encoded text out",
    "base64offset": "write the three encoded texts out",
    **dict.fromkeys(("utf16", "utf16le", "utf16be", "wide"), UTF16),
    **dict.fromkeys(("minute", "hour", "day", "week", "month", "year"), TIMES),
}
GROUP = "groups that begin with (? or (* are not allowed"
CLASS = "a class must be of the form [a-z] or [^a-z]"
REPEAT = "a repeat must be of the form {n}, {n,} or {n,m}, up to 1000"
MODE = "lazy, possessive and double repeats are not allowed"
BACKSLASH = "a backslash may only stand before one of . ^ $ * + ? { } [ ] ( ) | \\ - /"
EXPRESSIONS = {
    r"\d": BACKSLASH,
    r"a\b": BACKSLASH,
    r"\x41": BACKSLASH,
    r"(a)\1": BACKSLASH,
    r"\p{L}": BACKSLASH,
    r"[\w]": CLASS,
    "(?i)a": GROUP,
    "(?:a)": GROUP,
    "a(?=b)": GROUP,
    "(*UTF)a": GROUP,
    "[[:alpha:]]": CLASS,
    "[a-z": CLASS,
    "a*?": MODE,
    "a++": MODE,
    "a{2}{3}": MODE,
    "a{1001}": REPEAT,
    "a{,3}": REPEAT,
    "a{x}": REPEAT,
}

REFUSED = {
    # modifiers
    **{
        f"the modifier {name}": (
            field(f"a|{name}: '5'"),
            f"a|{name}: the modifier {name} is not supported: {advice}",
        )
        for name, advice in NOT_SUPPORTED.items()
    },
    "an unknown modifier": (field("a|contain: x"), "a|contain: there is no modifier contain"),
    "a modifier in capitals": (field("a|RE: x"), "a|RE: there is no modifier RE"),
    "a bar at the end": (field("a|: x"), "a|: there is no modifier "),
    "contradicting modifiers": (
        field("a|startswith|endswith: x"),
        "a|startswith|endswith: two modifiers contradict each other",
    ),
    "all on one value": (
        field("a|contains|all: x"),
        "a|contains|all: all needs a list of two or more values",
    ),
    "all on a list of one": (
        field("a|all: [x]"),
        "a|all: all needs a list of two or more values",
    ),
    "cased with re": (field("a|re|cased: x"), "a|re|cased: cased goes with texts only"),
    "i without re": (field("a|i: x"), "a|i: i, m and s go with re only"),
    "a keyword with a modifier": (
        field("'|contains': x"),
        "|contains: keywords take no modifier but all",
    ),
    # values
    "a field without a name": (field("'': x"), "'': a field must have a name"),
    "null in a list": (
        rule("detection:\n  s:\n    a:\n    - x\n    - null  # here\n  condition: s\n"),
        "a: null may not stand in a list: use two selections",
    ),
    "an empty list": (field("a: []"), "a: the list is empty"),
    "a map as a value": (field("a: {b: c}"), "a: the value must be a text or a list of texts"),
    "a list in a list": (field("a: [x, [y]]"), "a: the value must be a text"),
    "a number under contains": (
        field("a|contains: 5"),
        "a|contains: the value must be a string: put quotes around it",
    ),
    "a number with underscores": (
        field("a: 1_000"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "an octal number": (
        field("a: 0o17"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "lt with a text": (field("a|lt: '5'"), "a|lt: the value must be a decimal number"),
    "gte with infinity": (field("a|gte: .inf"), "a|gte: the value must be a decimal number"),
    "a hexadecimal number": (
        field("a: 0x1F"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "an octal number of YAML 1.1": (
        field("a: 017"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "a number with a plus": (
        field("a: +5"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "a time of day": (
        field("a: 12:30:45"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "an account that looks octal": (
        field("a: 012345670123"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "a binary number": (
        field("a: 0b11"),
        "a: the number must be decimal; put quotes around it if the text is meant",
    ),
    "exists with a text": (field("a|exists: 'true'"), "a|exists: the value must be true or false"),
    "exists with 1": (field("a|exists: 1"), "a|exists: the value must be true or false"),
    "cidr without a prefix": (
        field("a|cidr: 10.0.0.1"),
        "a|cidr: the value must be a network, such as 192.0.2.0/24",
    ),
    "cidr with a prefix too long": (
        field("a|cidr: 10.0.0.0/33"),
        "a|cidr: the value must be a network, such as 192.0.2.0/24",
    ),
    "fieldref with a wildcard": (
        field("a|fieldref: b*"),
        "a|fieldref: the value must be the name of a field",
    ),
    "fieldref with nothing": (
        field("a|fieldref: ''"),
        "a|fieldref: the value must be the name of a field",
    ),
    # regular expressions
    **{
        f"the expression {expression}": (field(f"a|re: '{expression}'"), f"a|re: {reason}")
        for expression, reason in EXPRESSIONS.items()
    },
    "an expression that does not end": (
        field("a|re: 'a(b'"),
        "a|re: missing closing parenthesis, at character 4",
    ),
    "a repeat of nothing": (
        field("a|re: '*a'"),
        "a|re: quantifier does not follow a repeatable item, at character 1",
    ),
    "one expression of two": (
        rule("detection:\n  s:\n    a|re:\n    - x\n    - '\\d'  # here\n  condition: s\n"),
        f"a|re: {BACKSLASH}",
    ),
    # conditions
    "an undefined selection": (
        condition("one and three"),
        "condition: three is not the name of a selection",
    ),
    "a glob without 1 of": (condition("t*"), "condition: t* is not the name of a selection"),
    "a glob that meets nothing": (
        condition("1 of three*"),
        "condition: no selection is named three*",
    ),
    "an aggregation": (
        condition("one | count() > 5"),
        "condition: aggregations (|) are not supported: split the rule",
    ),
    "near": (condition("one near two"), "condition: near was not expected there"),
    "any of": (condition("any of one*"), "condition: any is not the name of a selection"),
    "2 of": (condition("2 of them"), "condition: 2 is not the name of a selection"),
    "1 without of": (condition("1 one"), "condition: 'of' must stand behind '1'"),
    "an operand missing": (condition("one and"), "condition: a selection is missing at its end"),
    "not without an operand": (condition("not"), "condition: a selection is missing at its end"),
    "an operator in front": (condition("or one"), "condition: or is not the name of a selection"),
    "a bracket not closed": (condition("(one or two"), "condition: a ')' is missing"),
    "a bracket not opened": (condition("one)"), "condition: ) was not expected there"),
    "no operator": (condition("one two"), "condition: two was not expected there"),
    "a sign": (condition("one & two"), "condition: '&' is not part of a condition"),
    "an empty condition": (condition("''"), "condition: a selection is missing at its end"),
    "an empty list of conditions": (condition("[]"), "condition: a detection must have one"),
    "a map as condition": (condition("{a: b}"), "condition: a detection must have one"),
    "one condition of two": (
        rule("detection:\n    one: [x]\n    condition:\n        - one\n        - two  # here\n"),
        "condition: two is not the name of a selection",
    ),
    "a condition too deep": (
        condition("(" * 70 + "one" + ")" * 70),
        "condition: nested deeper than 64",
    ),
    "nots too deep": (condition("not " * 70 + "one"), "condition: nested deeper than 64"),
    "a name too long": (
        condition("n" * 200),
        "condition: the name nnnnnnnnnnnnnnnnnnnn... is too long",
    ),
    "no condition": (
        rule("detection:\n    s:  # here\n        a: x\n"),
        "condition: a detection must have one",
    ),
    # selections
    "an empty map": (
        rule("detection:\n    s: {}  # here\n    condition: s\n"),
        "selection: the map is empty",
    ),
    "an empty selection": (
        rule("detection:\n    s: []  # here\n    condition: s\n"),
        "s: the list is empty",
    ),
    "a null as keyword": (
        rule("detection:\n    s: [null]  # here\n    condition: s\n"),
        "keyword: the value must be a string: put quotes around it",
    ),
    "timeframe": (
        rule("detection:\n    s: [x]\n    timeframe: 5m  # here\n    condition: s\n"),
        "timeframe: a rule sees one event at a time",
    ),
    # log source
    "another product": (
        instead("    product: aws", "    product: azure"),
        "logsource: product must be aws: no other log arrives here",
    ),
    "another service": (
        instead("    service: cloudtrail", "    service: guardduty"),
        "logsource: service must be cloudtrail: no other log arrives here",
    ),
    "no service": (
        (HEAD + GOOD).replace("    service: cloudtrail\n", "").replace("aws", "aws  # here"),
        "logsource: service must be cloudtrail: no other log arrives here",
    ),
    "a category": (
        instead("    service: cloudtrail", "    service: cloudtrail\n    category: api"),
        "logsource: CloudTrail has no category",
    ),
    "no log source": (
        "title: t  # here\nid: 00000000-0000-4000-8000-000000000001\n" + GOOD,
        "logsource must be a map",
    ),
    # facts
    "no title": (HEAD.replace("title: A rule\n", "") + GOOD, "title is missing"),
    "no id": (re.sub("id: .*\n", "", HEAD) + GOOD, "id is missing"),
    "an id that is none": (
        (HEAD + GOOD).replace("000000000001", "00000000000g  # here"),
        "id is 00000000-0000-4000-8000-00000000000g, must be a UUID",
    ),
    "a level that is none": (
        HEAD + "level: urgent  # here\n" + GOOD,
        "level is urgent, must be informational, low, medium, high or critical",
    ),
    "a status that is none": (
        HEAD + "status: draft  # here\n" + GOOD,
        "status is draft, must be stable, test, experimental, deprecated or unsupported",
    ),
    "tags that are no list": (HEAD + "tags: attack.t1535  # here\n" + GOOD, "tags must be a list"),
    "no detection": (HEAD, "detection must be a map"),
    "a detection that is a list": (HEAD + "detection: [x]  # here\n", "detection must be a map"),
    "a correlation": (
        "title: t\ncorrelation:\n    type: event_count  # here\n",
        "correlation: a rule sees one event at a time",
    ),
    # YAML
    "a list as file": ("- title: t\n", "a rule must be a map"),
    "a text as file": ("title\n", "a rule must be a map"),
    "an empty file": ("", "the file is empty"),
    "a second document": (
        HEAD + GOOD + "---\ntitle: two  # here\n",
        "a second document: one file holds one rule",
    ),
    "an alias": (
        HEAD + "detection:\n    s: &s\n        a: x\n    t: *s\n    condition: s\n",
        "an alias (*name): write the value out where it is meant",
    ),
    "a key twice": (
        HEAD + "detection:\n    s:\n        a: x\n        a: y  # here\n    condition: s\n",
        "the key a stands here twice: keep one",
    ),
    "a key that is a list": (
        HEAD + "detection:\n    s:\n        ? [a, b]  # here\n        : x\n    condition: s\n",
        "a key must be a plain text",
    ),
    "a tab": (
        HEAD + "detection:\n    s:\n\ta: x  # here\n    condition: s\n",
        "not YAML: found character that cannot start any token",
    ),
    "a quote that does not end": (
        HEAD + "detection:\n    s:\n        a: 'x\n    condition: s # here",
        "not YAML: found unexpected end of stream",
    ),
    "a NUL": (
        HEAD + 'detection:\n    s:\n        a: "x\\0y"  # here\n    condition: s\n',
        "a NUL character in a text",
    ),
    "more nodes than a rule needs": (
        HEAD + "detection:\n    s:\n        a: [" + "x, " * 5000 + "x]\n    condition: s\n",
        "more than 4096 YAML nodes",
    ),
    "brackets too deep": (
        HEAD + GOOD + "custom: " + "[" * 65 + "]" * 65 + "  # here\n",
        "more than 64 open brackets, those in texts and comments counted",
    ),
    "lists too deep": (
        HEAD + GOOD + "custom: " + "[" * 17 + "]" * 17 + "  # here\n",
        "nested deeper than 16",
    ),
}


def check(text, folder):
    (folder / "rule.yml").write_bytes(text.encode())
    return engine.run("check", "rule.yml", cwd=folder)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, tmp_path):
    text, reason = REFUSED[name]
    done = check(text, tmp_path)
    marked = [n for n, line in enumerate(text.splitlines(), 1) if "# here" in line]
    line = marked[0] if marked else 1
    assert done.stdout.decode() == f"FAIL  rule.yml:{line}: {reason}\n"
    assert done.returncode == 2


# Filters: beside a good rule, whose id they name.

RULE_ID = "00000000-0000-4000-8000-000000000001"
NOT_SELECTION = (
    "filter: the condition must be 'not selection': anything else would alert for the exceptions, "
    "or for nothing"
)


def filter_of(body, logsource="{product: aws}"):
    return f"title: A filter\nlogsource: {logsource}\nfilter:\n" + "".join(
        f"    {line}\n" for line in body
    )


def filter_condition(text):
    return filter_of([f"rules: [{RULE_ID}]", "selection: {a: x}", f"condition: {text}  # here"])


REFUSED_FILTERS = {
    **{
        f"the condition {text}": (filter_condition(text), NOT_SELECTION)
        for text in (
            "selection",
            "not not selection",
            "not (not selection)",
            "not selection or selection",
            "not selection and selection",
            "[not selection]",
            "'not | count()'",
        )
    },
    "no rules": (
        filter_of(["selection: {a: x}  # here", "condition: not selection"]),
        "filter: rules is missing",
    ),
    "rules that are no list": (
        filter_of(["rules: any  # here", "selection: {a: x}", "condition: not selection"]),
        "rules must be a list",
    ),
    "an empty list of rules": (
        filter_of(["rules: []  # here", "selection: {a: x}", "condition: not selection"]),
        "filter: rules must name a rule's id",
    ),
    "no selection": (
        filter_of([f"rules: [{RULE_ID}]  # here", "condition: not selection"]),
        "filter: selection is missing",
    ),
    "another selection": (
        filter_of(
            [
                f"rules: [{RULE_ID}]",
                "selection: {a: x}",
                "more: {a: y}  # here",
                "condition: not selection",
            ]
        ),
        "filter: more: a filter has rules, selection and condition only",
    ),
    "a modifier that is not supported": (
        filter_of(
            [f"rules: [{RULE_ID}]", "selection: {a|wide: x}  # here", "condition: not selection"]
        ),
        f"a|wide: the modifier wide is not supported: {UTF16}",
    ),
    "another product": (
        filter_of(
            [f"rules: [{RULE_ID}]", "selection: {a: x}", "condition: not selection"],
            "{product: gcp}  # here",
        ),
        "logsource: product must be aws: no other log arrives here",
    ),
    "narrower than the rule": (
        filter_of(
            [f"rules: [{RULE_ID}]", "selection: {a: x}", "condition: not selection"],
            "{product: aws, service: cloudtrail, category: x}  # here",
        ),
        "logsource: CloudTrail has no category",
    ),
}


@pytest.mark.parametrize("name", REFUSED_FILTERS)
def test_refused_filter(name, tmp_path):
    text, reason = REFUSED_FILTERS[name]
    (tmp_path / "a.yml").write_text(HEAD + GOOD)
    (tmp_path / "b.yml").write_text(text)
    done = engine.run("check", "a.yml", "b.yml", cwd=tmp_path)
    line = next(n for n, line in enumerate(text.splitlines(), 1) if "# here" in line)
    assert f"FAIL  b.yml:{line}: {reason}\n" in done.stdout.decode()
    assert done.returncode == 2


# Files that are good by themselves, but not together, or not at all.


def test_two_rules_with_one_id(tmp_path):
    (tmp_path / "a.yml").write_text(HEAD + GOOD)
    (tmp_path / "b.yml").write_text(HEAD.replace("A rule", "The same, or is it?") + GOOD)
    done = engine.run("check", "a.yml", "b.yml", cwd=tmp_path)
    assert f"FAIL  a.yml and b.yml have one id, {RULE_ID}\n" in done.stdout.decode()
    assert done.returncode == 2


def test_ids_differ_in_more_than_case(tmp_path):
    one = HEAD.replace(RULE_ID, "abcdefab-0000-4000-8000-000000000001")
    two = HEAD.replace(RULE_ID, "ABCDEFAB-0000-4000-8000-000000000001")
    (tmp_path / "a.yml").write_text(one + GOOD)
    (tmp_path / "b.yml").write_text(two + GOOD)
    assert engine.run("check", ".", cwd=tmp_path).returncode == 2


def test_a_filter_for_a_rule_that_is_not_there(tmp_path):
    (tmp_path / "a.yml").write_text(HEAD + GOOD)
    other = RULE_ID.replace("1", "2")
    (tmp_path / "b.yml").write_text(filter_condition("not selection").replace(RULE_ID, other))
    done = engine.run("check", ".", cwd=tmp_path)
    assert f"FAIL  ./b.yml: filter: there is no rule {other}\n" in done.stdout.decode()
    assert done.returncode == 2


def test_a_file_too_large(tmp_path):
    good = (HEAD + GOOD).encode()
    (tmp_path / "a.yml").write_bytes(good + b"#" * (65536 - len(good)))
    assert engine.run("check", "a.yml", cwd=tmp_path).returncode == 0
    (tmp_path / "a.yml").write_bytes(good + b"#" * (65537 - len(good)))
    done = engine.run("check", "a.yml", cwd=tmp_path)
    assert done.stdout == b"FAIL  a.yml: larger than 65536 bytes\n"
    assert done.returncode == 2


def test_too_many_files(tmp_path):
    for n in range(1025):
        (tmp_path / f"{n:04}.yml").write_text(HEAD + GOOD)
    done = engine.run("check", ".", cwd=tmp_path)
    assert done.stdout == b"FAIL  .: more than 1024 files\n"
    assert done.returncode == 2


def test_no_rule(tmp_path):
    done = engine.run("check", ".", cwd=tmp_path)
    assert done.stdout == b"FAIL  there is no rule\n"
    assert done.returncode == 2


def test_bytes_that_are_not_utf8(tmp_path):
    (tmp_path / "a.yml").write_bytes((HEAD + GOOD).encode().replace(b"a: x", b"a: \xff"))
    done = engine.run("check", "a.yml", cwd=tmp_path)
    assert b"not YAML" in done.stdout
    assert done.returncode == 2


def test_each_bad_file_is_named(tmp_path):
    """One run tells all that is wrong, and what is right."""
    (tmp_path / "a.yml").write_text(HEAD)
    (tmp_path / "b.yml").write_text(HEAD + GOOD)
    (tmp_path / "c.yml").write_text("")
    done = engine.run("check", ".", cwd=tmp_path)
    assert done.stdout.decode().splitlines() == [
        "FAIL  ./a.yml:1: detection must be a map",
        "FAIL  ./c.yml:1: the file is empty",
        "ok    ./b.yml  A rule, not tested",
    ]
    assert done.returncode == 2


@pytest.mark.parametrize("command", ["match", "show", "pattern"])
def test_one_bad_file_stops_all(command, tmp_path):
    """Nothing is ever skipped."""
    (tmp_path / "a.yml").write_text(HEAD + GOOD)
    (tmp_path / "b.yaml").write_text(HEAD)
    rules = ["--rules", "."] if command == "match" else ["."]
    done = engine.run(command, *rules, stdin=b'{"detail":{"a":"x"}}', cwd=tmp_path)
    assert done.stdout == b""
    assert done.stderr == b"sigma: ./b.yaml:1: detection must be a map\n"
    assert done.returncode == 2


# Warnings.


def test_an_unused_selection_is_warned_of(tmp_path):
    text = (
        HEAD + "detection:\n    s: [x]\n    t: [y]  # here\n    _u: [z]\n    condition: 1 of s*\n"
    )
    done = check(text, tmp_path)
    assert done.stderr.decode().splitlines() == [
        "rule.yml:8: the selection t is not used",
        "rule.yml:9: the selection _u is not used",
    ]
    assert done.returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        HEAD + GOOD + "custom: {a: [b]}\ntaxonomy: sigma\nrelated: []\n",
        (HEAD + GOOD).replace("\n", "\r\n"),
        "---\n" + HEAD + GOOD + "...\n",
        "\ufeff" + HEAD + GOOD,
        HEAD + "detection: {s: &anchor {a: x}, condition: s}\n",
        HEAD + GOOD + "description: |\n    one\n\n    two\n",
        HEAD + GOOD + "level: high\n",
        HEAD + GOOD + "custom: " + "[" * 16 + "]" * 16 + "\n",
    ],
    ids=[
        "unknown keys",
        "CRLF",
        "markers",
        "byte order mark",
        "flow",
        "block text",
        "level",
        "depth",
    ],
)
def test_accepted(text, tmp_path):
    done = check(text, tmp_path)
    assert (done.stdout, done.stderr) == (b"ok    rule.yml  A rule, without tests\n", b"")
    assert done.returncode == 0
