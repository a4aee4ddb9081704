"""AWS's own matcher of EventBridge patterns, as a function."""

import json
import pathlib
import re
import shutil
import subprocess

import engine

FOLDER = pathlib.Path(__file__).parent / "ruler"
LIBRARIES = engine.ROOT / "build/ruler"


def missing():
    """What it needs and is not there."""
    return [name for name in ("java", "mvn") if shutil.which(name) is None]


def prepare():
    """Fetches the libraries, once."""
    if LIBRARIES.exists():
        return
    coming = LIBRARIES.with_suffix(".new")
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={coming}"]
    subprocess.run(["mvn", "-B", "-q", "-f", FOLDER / "pom.xml", *goal], check=True, timeout=300)
    coming.rename(LIBRARIES)


def passed(patterns, events, folder):
    """For each event the numbers of the patterns, from 0, that let it through."""
    for name, texts in ("patterns", patterns), ("events", map(json.dumps, events)):
        (folder / name).write_text("".join(f"{text}\n" for text in texts))
    command = ["java", "-cp", f"{LIBRARIES}/*", FOLDER / "Ruler.java"]
    done = subprocess.run(
        [*command, folder / "patterns", folder / "events"],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return [set(map(int, line.split())) for line in done.stdout.splitlines()]


DETAIL_TYPES = {
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
    "AwsConsoleAction": "AWS Console Action via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
}


def envelope(record):
    """The event that EventBridge makes of a record."""
    service = re.search(r"([\w-]+)\.amazonaws\.com", str(record.get("eventSource")), re.IGNORECASE)
    return {
        "version": "0",
        "id": "e0a3a91f-2346-4c13-bc27-ed12b10877a9",
        "detail-type": DETAIL_TYPES.get(
            str(record.get("eventType")), "AWS API Call via CloudTrail"
        ),
        "source": f"aws.{service[1].lower()}" if service else "aws.example",
        "account": "111122223333",
        "time": "2026-11-20T08:12:45Z",
        "region": "us-east-1",
        "resources": [],
        "detail": record,
    }
