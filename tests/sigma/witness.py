"""Records that a rule should match, made from its selections."""

import itertools
import re
from re import _parser as sre

ABSENT = object()
BASE = {"eventSource": "example.amazonaws.com", "eventName": "Example"}
KEYWORD_FIELD = "additionalEventData.note"
SELECTIONS_MAX = 4
ANY = "z"  # for a dot in a regular expression


def witnesses(rule):
    """For each set of selections that can be met together: the fields that do, and their values.

    `rule` is the YAML of a rule as Python reads it. Not each of them is a match: the condition may
    want another set.
    """
    detection = rule["detection"]
    names = [name for name in detection if name != "condition"][:SELECTIONS_MAX]
    choices = {name: list(_selection(detection[name])) for name in names}
    for name in names:
        yield from choices[name]
    for size in range(2, len(names) + 1):
        for some in itertools.combinations(names, size):
            yield _merge(choices[name][0] for name in some)


def record(fields):
    """A small record with these fields."""
    made = dict(BASE)
    for path, value in fields.items():
        put(made, path, value)
    return made


def put(made, path, value):
    """Sets the value at a path, or takes it out."""
    *outer, last = path.split(".")
    for key in outer:
        inner = made.get(key)
        made[key] = inner if isinstance(inner, dict) else {}
        made = made[key]
    if value is ABSENT:
        made.pop(last, None)
    else:
        made[last] = value


def _selection(selection):
    if isinstance(selection, list):
        for item in selection:
            yield from _selection(item)
    elif isinstance(selection, dict):
        yield from _map(selection)
    else:
        yield {KEYWORD_FIELD: f"before {plain(str(selection))} after"}


def _map(selection):
    """The first example of each field, and then each other example of one of them."""
    items = [list(_field(key, value)) for key, value in selection.items()]
    yield _merge(item[0] for item in items)
    for place, item in enumerate(items):
        for other in item[1:]:
            yield _merge(other if n == place else all_[0] for n, all_ in enumerate(items))


def _merge(examples):
    """One field may stand in several examples: as a text that begins and ends as they want."""
    merged = {}
    for example in examples:
        for field, value in example.items():
            both = isinstance(value, str) and isinstance(merged.get(field), str)
            merged[field] = merged[field] + value if both else value
    return merged


def _field(key, value):
    field, *modifiers = key.split("|")
    every = value if isinstance(value, list) else [value]
    if not field:
        yield {KEYWORD_FIELD: " and ".join(plain(str(text)) for text in every)}
    elif "fieldref" in modifiers:
        for other in every:
            yield {field: "mine", other: "another" if "neq" in modifiers else "mine"}
    elif "all" in modifiers:
        yield {field: "\n".join(_example(modifiers, one) for one in every)}
    else:
        for one in every:
            yield {field: _example(modifiers, one)}


def _example(modifiers, value):
    if "neq" in modifiers:
        return "another"
    for modifier, example in EXAMPLES.items():
        if modifier in modifiers:
            return example(value)
    return ABSENT if value is None else plain(value) if isinstance(value, str) else value


EXAMPLES = {
    "exists": lambda value: "there" if value else ABSENT,
    "contains": lambda value: f"before {plain(value)} after",
    "startswith": lambda value: f"{plain(value)} after",
    "endswith": lambda value: f"before {plain(value)}",
    "re": lambda value: sample(sre.parse(value)),
    "cidr": lambda value: re.sub(r"(::)?/.*", lambda slash: "::1" if slash[1] else "", value),
    "lt": lambda value: value - 1,
    "lte": lambda value: value,
    "gt": lambda value: value + 1,
    "gte": lambda value: value,
}


def plain(pattern):
    """A text that a Sigma string matches: its wildcards filled in."""
    filled = {"*": "any", "?": "q"}
    return re.sub(
        r"\\([\\*?])|([*?])",
        lambda found: found[1] or filled[found[2]],
        pattern,
    )


def sample(parsed):
    """A text that a regular expression of the kind that Sigma allows matches."""
    return "".join(_sample_one(*part) for part in parsed)


def _sample_one(kind, argument):
    if kind is sre.LITERAL:
        return chr(argument)
    if kind is sre.NOT_LITERAL:
        return chr(argument + 1)
    if kind is sre.ANY:
        return ANY
    if kind is sre.AT:
        return ""
    if kind is sre.MAX_REPEAT:
        least, _, repeated = argument
        return max(least, 1) * sample(repeated)
    if kind is sre.SUBPATTERN:
        return sample(argument[-1])
    if kind is sre.BRANCH:
        return sample(argument[1][0])
    assert kind is sre.IN, f"not in Sigma's regular expressions: {kind}"
    return _sample_class(argument)


def _sample_class(members):
    negated = members[0][0] is sre.NEGATE
    ranges = [
        argument if kind is sre.RANGE else (argument, argument)
        for kind, argument in members[negated:]
    ]
    letters = map(chr, range(33, 127))
    return next(
        letter
        for letter in letters
        if negated != any(low <= ord(letter) <= high for low, high in ranges)
    )
