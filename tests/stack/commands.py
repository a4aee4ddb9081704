"""The programs under build/ that look at the template: without AWS settings or credentials."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": os.environ["HOME"],
    "AWS_DEFAULT_REGION": "us-east-1",
    "SAM_CLI_TELEMETRY": "0",
}


def attempt(program, *arguments, **more):
    """What became of a program, from the folder of the project; `more` is more environment."""
    return subprocess.run(
        [program, *arguments], cwd=ROOT, env=ENVIRONMENT | more, capture_output=True, text=True
    )


def run(program, *arguments, **more):
    """The standard output of a program under build/, which must succeed."""
    done = attempt(ROOT / "build" / program, *arguments, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
