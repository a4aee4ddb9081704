"""The scripts of deploy/, run in the shells that are to understand them."""

import dataclasses
import subprocess

from account import ROOT

DEPLOY = ROOT / "deploy"
DASH, BUSYBOX, BASH = ["dash"], ["busybox", "sh"], ["bash", "--posix"]  # what sh may be


@dataclasses.dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


def run_script(path, *arguments, shell, env):
    done = subprocess.run(
        [*shell, path, *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
    )
    return Done(done.returncode, done.stdout, done.stderr)
