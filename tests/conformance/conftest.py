"""The function `mirror` between scripted servers, and a table of what was tried at the end."""

import contextlib
import functools
import json

import pytest

from harness.emulator import Emulator, ManagedEmulator
from harness.function import ROOT
from harness.processes import Process
from harness.runtime_api import RuntimeApi, event_reply
from harness.wire import CLOSE, SILENCE, reply

MIRROR = ROOT / "build/conformance/mirror"
EXTENSION = "/2020-01-01/extension/"


RESTORE = "/2018-06-01/runtime/restore/next"


class Api(RuntimeApi):
    """Takes an extension as well, and restores from a snapshot at once."""

    restore_reply = reply(200, b"{}")

    def answer(self, request):
        if request.target == EXTENSION + "register":
            return reply(200, b"{}", [("Lambda-Extension-Identifier", "extension-1")])
        if request.target == EXTENSION + "event/next":
            return SILENCE
        if request.target == RESTORE:
            return self.restore_reply
        return super().answer(request)


class ManyApi(Api):
    """Hands its events to several workers, whichever waits."""

    def _take(self, request):
        with self._changed:
            self._waiting = request
            self._changed.wait_for(lambda: self._script or not self._waiting)
            return self._script.popleft() if self._waiting else [CLOSE]


class Mirror(Process):
    """The function, fed by a scripted Runtime API."""

    def __init__(self, api, env, folder):
        self.api = api
        super().__init__([MIRROR], env, folder, "mirror")

    def invoke(self, event=b"{}", **more):
        """What it posts for this event."""
        self.api.offer(event_reply(event, **more))
        return self.outcome()

    def outcome(self):
        return self.api.outcomes.get(timeout=20)

    @property
    def log(self):
        return [json.loads(line) for line in self.stderr.splitlines()]


@pytest.fixture
def api():
    with Api() as api:
        yield api


@pytest.fixture
def many():
    with ManyApi() as api:
        yield api


@pytest.fixture
def start(api, tmp_path):
    """Starts the function; more names are for its environment, None takes one out."""
    with contextlib.ExitStack() as running:

        def start(**more):
            env = {"PATH": "/usr/bin:/bin", "AWS_LAMBDA_RUNTIME_API": api.address} | more
            env = {name: value for name, value in env.items() if value is not None}
            mirror = Mirror(api, env, tmp_path)
            running.callback(mirror.stop)
            return mirror

        yield start


@pytest.fixture
def mirror(start):
    return start()


@pytest.fixture
def emulate(tmp_path):
    """Starts the real emulator around the function."""
    with contextlib.ExitStack() as running:

        def emulate(**more):
            env = {"PATH": "/usr/bin:/bin"} | more
            return running.enter_context(Emulator(env, tmp_path, MIRROR))

        yield emulate


@pytest.fixture
def emulate_managed(tmp_path):
    """Starts the real emulator as on managed instances, with these workers of the function."""
    if not ManagedEmulator.possible():
        pytest.skip("no mount namespace can be had here")
    with contextlib.ExitStack() as running:

        def emulate_managed(workers=2, **more):
            env = {"PATH": "/usr/sbin:/usr/bin:/bin"} | more
            return running.enter_context(ManagedEmulator(env, tmp_path, MIRROR, workers))

        yield emulate_managed


@pytest.fixture
def emulate_managed_one(emulate_managed):
    """The same with one worker: when it is lost, so is the process, and with it the emulator."""
    return functools.partial(emulate_managed, workers=1)


@pytest.fixture(params=["emulate", "emulate_managed"], ids=["classic", "managed"])
def emulate_both(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["emulate", "emulate_managed_one"], ids=["classic", "managed"])
def emulate_one(request):
    return request.getfixturevalue(request.param)


def pytest_terminal_summary(terminalreporter):
    """One line a case: where it stands in the contract, and how it went."""
    reports = [
        report
        for outcome in ("passed", "failed", "error", "skipped")
        for report in terminalreporter.stats.get(outcome, [])
        if report.nodeid.startswith("conformance/")
    ]
    if not reports:
        return
    terminalreporter.section("the contract of the Runtime API")
    for report in sorted(reports, key=lambda report: report.location[:2]):
        case = report.nodeid.partition("::test_")[2]
        terminalreporter.write_line(f"{report.outcome:8} {case}")
