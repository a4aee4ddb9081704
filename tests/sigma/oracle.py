"""The independent engine: rules to SQL by pySigma's SQLite backend, decided by SQLite.

`Stock` is that backend as published, over a table with a column for each field. `Oracle` adds what
function/sigma/rule.h decides where the specification is silent: a field has any number of values,
which stand in a table of their own, and a test holds if it does for one of them.
"""

import functools
import ipaddress
import re
import sqlite3

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection
from sigma.types import SigmaCIDRExpression, SigmaExists, SigmaFieldReference, SigmaNull

import view

FULL_TEXT = "full_text"


def read(paths):
    """The rules of these files, with the filters among them applied to the rules they name."""
    texts = [path.read_text() for path in paths]
    return SigmaCollection.from_yaml("\n---\n".join(texts)).rules


class Stock:
    """Decides with pySigma's backend as it is; the elements of an array are joined by blanks."""

    backend = sqliteBackend(table="event", fulltext_field=FULL_TEXT)

    def __init__(self, rules):
        self.rules = rules
        needed = {field for rule in rules for field in self.backend.required_fields(rule)}
        self.fields = sorted(needed - {FULL_TEXT})
        self.database = sqlite3.connect(":memory:")
        for function in (regexp, number, in_network):
            arguments = function.__code__.co_argcount
            self.database.create_function(
                function.__name__, arguments, function, deterministic=True
            )

    def decide(self, records):
        """The matches as pairs: number of the record, from 0, and id of the rule."""
        self.store(records)
        return {
            (row[0], str(rule.id))
            for rule in self.rules
            for query in self.backend.convert_rule(rule)
            for row in self.database.execute(query)
        }

    def store(self, records):
        quote = self.backend.escape_and_quote_field
        columns = "".join(f", {quote(field)} TEXT COLLATE NOCASE" for field in self.fields)
        self.database.execute(f"CREATE TABLE event (record, {FULL_TEXT} TEXT{columns})")
        places = ", ".join("?" * (2 + len(self.fields)))
        self.database.executemany(
            f"INSERT INTO event VALUES ({places})",
            (
                (number, view.compact(record), *(joined(record, field) for field in self.fields))
                for number, record in enumerate(records)
            ),
        )


class Backend(sqliteBackend):
    """The tests of pySigma's backend, put to each value of a field by itself."""

    table = "event"
    fulltext_field = FULL_TEXT
    bool_expression = "{field}={value}"  # neither 1 nor 0 is a boolean
    compare_op_expression = "number({field}) {operator} {value}"  # numbers, not their texts

    def convert_condition_field_eq_val(self, cond, state):
        field, value = cond.field, cond.value
        if isinstance(value, SigmaExists):
            return self.has(field) if value.exists else f"NOT {self.has(field)}"
        if isinstance(value, SigmaNull):
            return f"(NOT {self.has(field)} OR {self.any(field, 'text IS NULL')})"
        if isinstance(value, SigmaFieldReference):
            other = self.any(value.field, "NOT is_object AND text = mine.text")
            return self.any(field, f"NOT is_object AND {other}", "mine")
        if isinstance(value, SigmaCIDRExpression):
            return self.any(field, f"in_network(text, '{value.cidr}')")
        return self.any(field, super().convert_condition_field_eq_val(cond, state))

    def escape_and_quote_field(self, field):
        return field if field in (self.table, FULL_TEXT) else "text"

    @staticmethod
    def has(field):
        return f"EXISTS (SELECT 1 FROM field WHERE record = event.record AND name = '{field}')"

    @staticmethod
    def any(field, test, alias="value"):
        return (
            f"EXISTS (SELECT 1 FROM value AS {alias} WHERE {alias}.record = event.record"
            f" AND {alias}.name = '{field}' AND ({test}))"
        )


class Oracle(Stock):
    """Decides as the engine should, to the last evaluation."""

    backend = Backend()

    def store(self, records):
        self.database.executescript(
            f"""
            CREATE TABLE event (record INTEGER PRIMARY KEY, {FULL_TEXT} TEXT);
            CREATE TABLE field (record INTEGER, name TEXT);
            CREATE TABLE value (record INTEGER, name TEXT, text TEXT COLLATE NOCASE, is_object);
            """
        )
        for number, record in enumerate(records):
            self.insert("event", number, view.compact(record))
            for field in self.fields:
                if view.has(record, field):
                    self.insert("field", number, field)
                for value in view.values(record, field):
                    is_object = isinstance(value, dict)
                    self.insert("value", number, field, view.text(value), is_object)
        self.database.executescript(
            """
            CREATE INDEX field_place ON field (name, record);
            CREATE INDEX value_place ON value (name, record);
            """
        )

    def insert(self, table, *row):
        self.database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def joined(record, field):
    """The column of a field: NULL where it is absent or null."""
    texts = [view.text(value) for value in view.values(record, field) if value is not None]
    return " ".join(texts) if texts else None


# What SQLite itself does not have.


@functools.lru_cache(maxsize=None)
def compiled(expression):
    return re.compile(expression)


def regexp(expression, text):
    return text is not None and bool(compiled(expression).search(text))


def number(text):
    """The number that a text is, or NULL."""
    form = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"
    return float(text) if text is not None and re.fullmatch(form, text) else None


def in_network(text, network):
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network)
    except ValueError:
        return False
