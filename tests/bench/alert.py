"""make bench-alert: what an alert costs, in instructions, against the cold start that publishes it.

Callgrind counts them: nearly the same every time. Exits with 1 if computing and rendering the alert
are LIMIT or more of the whole.
"""

import json
import pathlib
import re
import sys
import tempfile

from harness import events
from harness.certificates import Authority
from harness.function import BOOTSTRAP, environment
from harness.processes import Process
from harness.runtime_api import RuntimeApi, event_reply
from harness.sns import Sns

EVENT = json.dumps(events.load("enable-region-assumed-role-sso"), separators=(",", ":")).encode()
LIMIT = 0.05
COLLECTED = re.compile(r"Collected : (\d+)")


def main():
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        count = Counter(pathlib.Path(folder))
        whole = count()
        computing = count("alert_make")
        rendering = count("message_write")
    share = (computing + rendering) / whole
    print(f"{whole:10}  a cold start that publishes one alert")
    print(f"{computing:10}  computing the alert")
    print(f"{rendering:10}  rendering it for every subscriber")
    print(f"{share:10.1%}  of the cold start; it must be less than {LIMIT:.0%}")
    return share >= LIMIT


class Counter:
    """Counts the instructions of a cold start, or of one function and all that it calls."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = Authority(folder, "bench-ca")
        self.certificate = self.authority.issue("sns")

    def __call__(self, function=None):
        toggle = [f"--toggle-collect={function}"] if function else []
        with RuntimeApi() as api, Sns(self.certificate) as sns:
            env = environment(sns.url, self.authority.bundle, AWS_LAMBDA_RUNTIME_API=api.address)
            api.offer(event_reply(EVENT))
            valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=out", *toggle]
            process = Process([*valgrind, BOOTSTRAP], env, self.folder, "bootstrap")
            try:
                assert api.outcomes.get(timeout=60).answer["matched"] == 1
                process.terminate()
                assert process.wait() == 0, process.stderr
            finally:
                process.stop()
            assert len(sns.published) == 1
        return int(COLLECTED.search(process.stderr)[1])


if __name__ == "__main__":
    sys.exit(main())
