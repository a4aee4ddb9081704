"""Every allocation of a cold start with one alert fails in turn: ours and those of the libraries.

Whatever fails: no crash, no leak, no hang, and no success without an alert. A process that dies
says why.
"""

import collections
import concurrent.futures
import os

import pytest

from books import Delivery, Run, describe
from harness import events
from harness.function import BOOTSTRAP
from harness.processes import wait_until
from harness.runtime_api import event_reply

pytestmark = pytest.mark.skipif(BOOTSTRAP.name != "failing", reason="for BOOTSTRAP=.../failing")
EVENT = events.read("enable-region-iam-user")
STEP = 20  # one allocation in so many, where there is no time for all
WORKERS = os.cpu_count() + 1  # half of a run is spent waiting
SECONDS = 20  # for a cold start, an invocation and the end of the process


@pytest.fixture(scope="module")
def total(authority, certificate, tmp_path_factory):
    """How many allocations there are when none fails."""
    folder = tmp_path_factory.mktemp("count")
    with Run(authority, certificate, folder) as run:
        run.start(COUNT_ALLOCATIONS=str(folder / "count"))
        run.deliver(EVENT)
        run.finish()
        run.audit()
    return int((folder / "count").read_text())


def end_of(which, authority, certificate, folder):
    """What becomes of the run whose allocation `which` fails, in a few words."""
    folder.mkdir()
    with Run(authority, certificate, folder) as run:
        run.start(FAIL_ALLOCATION=which)
        run.api.offer(event_reply(EVENT))
        function = run.function
        wait_until(lambda: not run.api.outcomes.empty() or not function.running, SECONDS, "an end")
        outcome = None if run.api.outcomes.empty() else run.api.outcomes.get()
        if outcome and outcome.verb != "init/error":
            function.terminate()
        status = function.wait(SECONDS)
        function.check_logs()
        run.logs += function.log
        assert status in (0, 1), f"status {status}\n{function.stderr}"
        is_told = any(line["level"] == "FATAL" for line in run.logs)
        assert outcome or (status == 1 and is_told), f"a silent end\n{function.stderr}"
        run.deliveries.append(Delivery(EVENT, outcome, 0.0))
        run.audit()
        return describe(outcome)


def check(choices, authority, certificate, folder, rows, name):
    """All of them, some side by side, and a row of the table for each way to end."""
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        runs = {
            which: pool.submit(end_of, which, authority, certificate, folder / which)
            for which in choices
        }
    ends, failures = collections.Counter(), []
    for which, run in runs.items():
        try:
            ends[run.result()] += 1
        except (AssertionError, TimeoutError) as failure:
            failures.append(f"{which}: {failure}")
    for end, count in ends.most_common():
        rows.append(f"ok     {name}: {count} x {end}")
    rows.extend(f"FAILED {name}: {failure.splitlines()[0]}" for failure in failures)
    assert not failures, "\n\n".join(failures[:5])


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("step", [STEP, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("suffix, name", [("", "fails"), ("+", "and all later fail")])
def test_failing(step, suffix, name, total, authority, certificate, tmp_path, rows):
    choices = [f"{number}{suffix}" for number in range(1, total + 1, step)]
    title = f"one of {total} allocations {name}, {len(choices)} of them"
    check(choices, authority, certificate, tmp_path, rows, title)
