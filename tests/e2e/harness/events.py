"""The sample events of the project, and variations of them."""

import json
import uuid

from harness.function import ROOT

FOLDER = ROOT / "events"


def read(name):
    """The bytes of events/<name>.json."""
    return (FOLDER / f"{name}.json").read_bytes()


def load(name="enable-region-iam-user"):
    return json.loads(read(name))


def event_id(event):
    return json.loads(event)["detail"]["eventID"]


def anew(event):
    """The event as the same call makes it another time: with an eventID of its own."""
    return event.replace(event_id(event).encode(), str(uuid.uuid4()).encode())


def vary(**fields):
    """An event that matches, with these members of its record set, else an eventID of its own."""
    event = load()
    event["detail"] |= {"eventID": str(uuid.uuid4())} | fields
    return json.dumps(event).encode()


def substitute(old, new):
    """An event that matches, with bytes exchanged: for what no JSON writer would write."""
    event = read("enable-region-iam-user")
    assert event.count(old) == 1, f"{old!r} must stand in the event once"
    return event.replace(old, new)


def sized(size):
    """An event that matches, of exactly so many bytes."""
    event = load()
    event["detail"]["additionalEventData"] = {"filler": ""}
    room = size - len(json.dumps(event))
    event["detail"]["additionalEventData"]["filler"] = "x" * room
    return json.dumps(event).encode()
