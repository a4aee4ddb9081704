"""String operators, wildcards and escapes: random patterns and texts, against a plain reference."""

import random
import re

import pytest

import engine
from ruleset import Rules

SEED = 20261124
PATTERNS = 255  # under each operator: a folder takes 1,024 files
TEXTS = 600

# A small alphabet, so that patterns and texts meet; texts hold what patterns mean.
PATTERN_PIECES = [
    "a",
    "B",
    "é",
    "日",
    "%",
    "_",
    "[",
    "\\",
    "\\",
    "\\\\",
    "*",
    "*",
    "?",
    "\\*",
    "\\?",
]
TEXT_PIECES = ["a", "A", "b", "B", "é", "É", "日", "%", "_", "[", "\\", "\\", "*", "?", "\n", "ab"]

OPERATORS = {
    "": "{}",
    "contains": ".*{}.*",
    "startswith": "{}.*",
    "endswith": ".*{}",
}
LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text):
    return text.translate(LOWER)


def expression(pattern):
    """The specification's paragraph on escapes, word for word: a Sigma string as an expression."""
    tokens = re.findall(r"\\[\\*?]|.", pattern, re.DOTALL)
    meanings = {"*": ".*", "?": "."}
    return "".join(meanings.get(token) or re.escape(token[-1]) for token in tokens)


def reference(operator, cased, pattern):
    """What a text must be, as a function."""
    pattern = pattern if cased else fold(pattern)
    whole = re.compile(OPERATORS[operator].format(expression(pattern)), re.DOTALL)
    return lambda text: whole.fullmatch(text if cased else fold(text)) is not None


def made_of(pieces, chance, longest):
    return "".join(chance.choices(pieces, k=chance.randint(0, longest)))


@pytest.mark.parametrize("cased", [False, True], ids=["any case", "cased"])
def test_random_patterns(tmp_path, cased):
    chance = random.Random(SEED)
    rules = Rules(tmp_path / "rules")
    wanted = {}
    for operator in OPERATORS:
        for pattern in sorted({made_of(PATTERN_PIECES, chance, 6) for _ in range(PATTERNS)}):
            key = "|".join(filter(None, ["userAgent", operator, "cased" if cased else ""]))
            wanted[rules.add({"s": {key: pattern}, "condition": "s"})] = (operator, pattern)
    texts = sorted({made_of(TEXT_PIECES, chance, 5) for _ in range(TEXTS)})
    found = engine.hits([rules.folder], [{"userAgent": text} for text in texts], tmp_path)

    evaluations = len(wanted) * len(texts)
    assert evaluations > 200_000
    assert 0.02 < len(found) / evaluations < 0.6, "patterns and texts hardly meet"
    wrong = []
    for rule_id, (operator, pattern) in wanted.items():
        meets = reference(operator, cased, pattern)
        for n, text in enumerate(texts):
            if meets(text) != ((n, rule_id) in found):
                wrong.append((operator, pattern, text, meets(text)))
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "text", "meets"),
    [
        (r"a\b", r"a\b", True),
        (r"a\\b", r"a\b", True),
        (r"a\\b", r"a\\b", False),
        (r"a\*", "a*", True),
        (r"a\*", "ab", False),
        (r"a\?", "a?", True),
        (r"a\?", "ab", False),
        (r"a\\*", "a\\", True),
        (r"a\\*", r"a\bc", True),
        (r"a\\*", "a*", False),
        (r"a\\\*", r"a\*", True),
        (r"a\\\*", r"a\b", False),
        (r"a\\\b", r"a\\b", True),
        (r"a\\\\b", r"a\\b", True),
        (r"a\\\\b", r"a\b", False),
    ],
)
def test_escapes_as_the_specification_lists_them(tmp_path, pattern, text, meets):
    rules = Rules(tmp_path / "rules")
    rules.add({"s": {"userAgent": pattern}, "condition": "s"})
    assert bool(engine.hits([rules.folder], [{"userAgent": text}], tmp_path)) == meets
    assert reference("", False, pattern)(text) == meets, "the reference itself"
