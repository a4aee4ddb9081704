"""The rules of rules/, and the records that they are compared on."""

import json
import pathlib

import yaml

import engine
import mutation
import witness

FOLDER = pathlib.Path(__file__).parent / "rules"
FILES = sorted(FOLDER.glob("*.yml"))


def rule(file):
    return yaml.safe_load(file.read_text())


def project_records():
    """Pairs of a name and a record: those of events/, but the one that is no JSON."""
    for file in sorted((engine.ROOT / "events").glob("*.json")):
        if file.stem != "malformed":
            yield file.stem, json.loads(file.read_text())["detail"]


def generated(files):
    """Pairs of a name and a record, each record once: mutations of what the rules look for."""
    made = {}
    for file in files:
        for fields in witness.witnesses(rule(file)):
            for name, record in mutation.mutations(fields):
                made.setdefault(engine.event(record), (f"{file.stem}: {name}", record))
    return list(made.values())
