"""A record, and each of its fields changed in every way that a rule could mind."""

import json

import view
import witness
from witness import ABSENT

DECOY = "decoy"

# What becomes of a value. Some ask for its text.
VALUES = {
    "absent": lambda value: ABSENT,
    "null": lambda value: None,
    "empty": lambda value: "",
    "a blank": lambda value: " ",
    "zero": lambda value: 0,
    "one": lambda value: 1,
    "minus three": lambda value: -3,
    "five": lambda value: 5,
    "five with a fraction of zero": lambda value: 5.0,
    "two and a half": lambda value: 2.5,
    "ten": lambda value: 10,
    "more than any integer": lambda value: 2**53,
    "a large number": lambda value: 1e300,
    "a small number": lambda value: 1e-7,
    "a third": lambda value: 1 / 3,
    "text of five": lambda value: "5",
    "text of five with a fraction": lambda value: "5.0",
    "text of five behind a blank": lambda value: " 5",
    "text of five in hexadecimal": lambda value: "0x5",
    "text of ten": lambda value: "10",
    "text with an exponent": lambda value: "1e1",
    "text that begins like a number": lambda value: "5 apples",
    "true": lambda value: True,
    "false": lambda value: False,
    "text of true": lambda value: "TRUE",
    "text of false": lambda value: "false",
    "asterisk": lambda value: "*",
    "question mark": lambda value: "?",
    "per cent": lambda value: "%",
    "empty object": lambda value: {},
    "empty array": lambda value: [],
    "array of null": lambda value: [None],
    "in an array": lambda value: [value],
    "second in an array": lambda value: [DECOY, value],
    "behind null in an array": lambda value: [None, value],
    "in an array in an array": lambda value: [[value], []],
    "in an object": lambda value: {"a": value},
    "in an object in an array": lambda value: [{"a": value}],
    "array without it": lambda value: [DECOY, 7],
    "an address": lambda value: "10.1.2.3",
    "an address of version 6": lambda value: "2001:DB8::9",
    "an address of version 6 that holds one of version 4": lambda value: "::ffff:10.1.2.3",
    "not an address": lambda value: "10.1.2.3.4",
    "an address with a zero in front": lambda value: "10.01.2.3",
}

# What becomes of a text.
TEXTS = {
    "as text": lambda text: text,
    "upper case": str.upper,
    "lower case": str.lower,
    "swapped case": str.swapcase,
    "a character before": lambda text: "x" + text,
    "a character behind": lambda text: text + "x",
    "a character in the middle": lambda text: text[: len(text) // 2] + "x" + text[len(text) // 2 :],
    "first character gone": lambda text: text[1:],
    "last character gone": lambda text: text[:-1],
    "last character another": lambda text: text[:-1] + "~",
    "twice": lambda text: text + text,
    "backwards": lambda text: text[::-1],
    "blank behind": lambda text: text + " ",
    "line break before": lambda text: "\n" + text,
    "line break behind": lambda text: text + "\n",
    "lines around": lambda text: "one\n" + text + "\ntwo",
    "blanks for line breaks": lambda text: text.replace("\n", " "),
    "line breaks where dots were": lambda text: text.replace(witness.ANY, "\n"),
    "NUL behind": lambda text: text + "\0",
    "NUL and text behind": lambda text: text + "\0x",
    "NUL before": lambda text: "\0" + text,
    "lone surrogate behind": lambda text: text + "\ud800",
    "backslash before": lambda text: "\\" + text,
    "backslash behind": lambda text: text + "\\",
    "backslashes doubled": lambda text: text.replace("\\", "\\\\"),
    "backslashes gone": lambda text: text.replace("\\", ""),
    "quotes behind": lambda text: text + "'\"",
    "per cent signs": lambda text: "%".join(text),
    "underscores": lambda text: "_" * len(text),
    "long s": lambda text: text.replace("s", "\u017f").replace("S", "\u017f"),
    "Kelvin sign": lambda text: text.replace("k", "\u212a").replace("K", "\u212a"),
    "full width": lambda text: "".join(
        chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text
    ),
    "accent behind": lambda text: text + "\u0301",
    "accents decomposed": lambda text: text.replace("ü", "u\u0308"),
    "large umlauts": lambda text: text.replace("ü", "Ü"),
    "beyond the basic plane": lambda text: text[:-1] + "\U0001f600",
}


def mutations(fields):
    """Pairs of a name and a record: as it is, then with one thing changed at a time."""
    yield "as it is", witness.record(fields)
    for path, value in fields.items():
        for name, changed in changes(value):
            yield f"{path}: {name}", witness.record(fields | {path: changed})
        for name, record in moved(fields, path, value):
            yield f"{path}: {name}", record


def changes(value):
    value = "" if value is ABSENT else value
    for name, change in VALUES.items():
        yield name, change(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        for step in (-1, -0.5, 0.5, 1):
            yield f"with {step} added", value + step
    for name, change in TEXTS.items():
        yield name, change(view.text(value))


def moved(fields, path, value):
    """The same value at another place."""
    value = DECOY if value is ABSENT else value
    without = witness.record(fields | {path: ABSENT})
    yield "key in upper case", without | {path.upper(): value}
    yield "below another key", without | {"other": {path: value}}
    keys = path.split(".")
    if len(keys) == 1:
        return
    yield "key with dots", without | {path: value}
    yield "decoy under a key with dots", witness.record(fields) | {path: DECOY}
    for depth in range(1, len(keys)):
        outer, last = ".".join(keys[:depth]), keys[depth]
        for name, change in PARENTS.items():
            made = witness.record(fields)
            witness.put(made, outer, change(at(made, keys[:depth]), last))
            yield f"{outer} {name}", made


PARENTS = {
    "is null": lambda parent, last: None,
    "is a text": lambda parent, last: json.dumps(parent),
    "is an empty array": lambda parent, last: [],
    "is in an array": lambda parent, last: [parent],
    "is in an array in an array": lambda parent, last: [[parent]],
    "is second in an array": lambda parent, last: [{}, parent],
    "is in an array with a decoy": lambda parent, last: [parent, {last: DECOY}],
    "is in an array with null": lambda parent, last: [{last: None}, parent],
    "is in an array with a text": lambda parent, last: [DECOY, parent],
}


def at(record, keys):
    """What a witness has at a path: an object, or nothing."""
    for key in keys:
        record = record.get(key, {})
    return record
