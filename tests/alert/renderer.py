"""`build/sigma render`: what a subscriber gets of an event."""

import functools
import os
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SIGMA = pathlib.Path(os.environ.get("SIGMA", ROOT / "build/sigma")).resolve()

FORMATS = ("email", "chat", "ocsf", "sms")
RULES = ("function/rules", "function/rules/more")
ACCOUNT_NAMES = "111122223333=prod, 444455556666=Log archive"
AT = "2026-11-20T09:14:31Z"

FILES = sorted([*ROOT.glob("events/*.json"), *HERE.glob("events/*.json")])
SILENT = {"disable-region", "malformed", "wrong-event-source"}
EVENTS = {file.stem: file.read_bytes() for file in FILES if file.stem not in SILENT}


def run(form, event, at=AT, account_names=ACCOUNT_NAMES):
    """One run of the tool, with the event on its standard input."""
    rules = [part for path in RULES for part in ("--rules", path)]
    options = ["--as", form, "--at", at, "--account-names", account_names, *rules]
    return subprocess.run(
        [SIGMA, "render", *options], cwd=ROOT, input=event, capture_output=True, timeout=60
    )


@functools.cache
def render(form, event, **options):
    """The one alert of an event."""
    done = run(form, event, **options)
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout.decode()
