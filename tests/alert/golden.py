"""The golden files: each event's alert in each format. Run as a program, writes them anew."""

import datetime

import facts
import renderer

FOLDER = renderer.HERE / "golden"
DELAY = datetime.timedelta(seconds=24)


def soon_after(event):
    """When the alert of an event is made."""
    called = datetime.datetime.fromisoformat(facts.of(event).time)
    return (called + DELAY).strftime("%Y-%m-%dT%H:%M:%SZ")


def alert(name):
    """What the golden file of this name holds."""
    stem, _, form = name.rpartition(".")
    event = renderer.EVENTS[stem]
    return renderer.render(form, event, at=soon_after(event))


def names():
    return {f"{stem}.{form}" for stem in renderer.EVENTS for form in renderer.FORMATS}


def main():
    for file in FOLDER.iterdir():
        file.unlink()
    for name in names():
        (FOLDER / name).write_bytes(alert(name).encode())


if __name__ == "__main__":
    main()
