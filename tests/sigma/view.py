"""What a rule sees of a record: the decisions of function/sigma/rule.h, a second time."""

import json
import re

EXACT_INTEGER_MAX = 2**53
UNSAFE = re.compile("[\0\ud800-\udfff]")


def _children(record, path):
    """The values that a path leads to, arrays not yet taken apart."""
    if path is None:
        yield record
    elif isinstance(record, list):
        for element in record:
            yield from _children(element, path)
    elif isinstance(record, dict):
        first, dot, rest = path.partition(".")
        if path in record:  # a key with dots in it comes before the path
            yield record[path]
        elif dot and first in record:
            yield from _children(record[first], rest)


def _elements(value):
    if isinstance(value, list):
        for element in value:
            yield from _elements(element)
    else:
        yield value


def has(record, path):
    """Whether the path leads to anything, be it null or an empty array."""
    return next((True for _ in _children(record, path)), False)


def values(record, path):
    """Every value at the path; an array stands for its elements."""
    return [element for child in _children(record, path) for element in _elements(child)]


def text(value):
    """A value as rules compare it; None for null."""
    if value is None or isinstance(value, str):
        return value if value is None else UNSAFE.sub("\ufffd", value)
    return compact(value)


def compact(value):
    """The JSON text of a value without blanks."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{compact(key)}:{compact(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    if isinstance(value, str):
        return json.dumps(text(value), ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return _number(value)


def _number(value):
    """The digits of integers below 2^53; else 15 digits where they do, or 17."""
    if abs(value) < EXACT_INTEGER_MAX and value == int(value):
        return str(int(value))
    short = f"{value:.15g}"
    return short if float(short) == value else f"{value:.17g}"


def texts(characters):
    """The JSON values of a file, one behind the other."""
    decoder = json.JSONDecoder()
    place = 0
    while begin := re.compile(r"\S").search(characters, place):
        value, place = decoder.raw_decode(characters, begin.start())
        yield value
