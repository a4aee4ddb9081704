"""One run of a candidate between the Runtime API and SNS of build/server, which takes the times."""

import json
import subprocess

from candidates import BENCH, BUILD, ROOT


class Failed(Exception):
    """A candidate did something wrong: the whole benchmark is worth nothing."""


def serve(expectation, candidate, count=1, runs=1, program=None, faults=None):
    """What the server has measured in the last run; raises Failed unless all was as expected."""
    patience = 300 + count // (500 if faults is None else 50)  # seconds
    limits = ["--timeout", patience, "--count", count, "--runs", runs]
    server = [BUILD / "server", *limits, "--tls", BENCH]
    server += ["--faults", faults] if faults is not None else []
    events = ["--event", BENCH / ("silence.json" if expectation == "silence" else "alert.json")]
    argv = [*server, *events, expectation, *(program or [candidate.program])]
    log_path = BENCH / f"{candidate.name}.log"
    with open(log_path, "wb") as log:
        run = subprocess.run(
            [str(word) for word in argv],
            env=candidate.environment,
            cwd=BENCH,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    result = json.loads(run.stdout) if run.stdout else {"failure": "the server failed"}
    if run.returncode != 0 or result["failure"]:
        where = log_path.relative_to(ROOT)
        raise Failed(f"{candidate.title}, {expectation}: {result['failure']} (its log: {where})")
    return result
