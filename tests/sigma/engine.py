"""build/sigma, the engine under test."""

import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIGMA = pathlib.Path(os.environ.get("SIGMA", ROOT / "build/sigma")).resolve()


def run(*arguments, stdin=b"", timeout=60, cwd=ROOT):
    """One run of the tool. Its output must be UTF-8."""
    return subprocess.run(
        [SIGMA, *arguments],
        cwd=cwd,
        input=stdin if isinstance(stdin, bytes) else stdin.encode(),
        capture_output=True,
        timeout=timeout,
        encoding=None,
    )


def event(record):
    """The JSON text of an EventBridge event with this record."""
    envelope = {"detail": record}
    try:
        text = json.dumps(envelope, ensure_ascii=False)
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate: only an escape can say that
        return json.dumps(envelope).encode()


def lines(rules, records, folder):
    """What `match` prints for the records, line by line; an error fails the test.

    A record is an object, or the bytes of a whole event. `rules` are files or folders.
    """
    file = folder / "events.ndjson"
    events = (record if isinstance(record, bytes) else event(record) for record in records)
    file.write_bytes(b"\n".join(events))
    paths = [part for path in rules for part in ("--rules", path)]
    done = run("match", *paths, file, timeout=300)
    errors = [line for line in done.stderr.decode().splitlines() if "is not used" not in line]
    assert errors == []
    found = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == (0 if any("suppressedBy" not in line for line in found) else 1)
    return found


def hits(rules, records, folder):
    """The matches as pairs: number of the record, from 0, and id of the rule."""
    found = lines(rules, records, folder)
    return {(line["record"] - 1, line["ruleId"]) for line in found if "suppressedBy" not in line}
