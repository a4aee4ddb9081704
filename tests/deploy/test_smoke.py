"""deploy/smoke.sh: the real function behind a scripted Lambda, and what becomes of its answer."""

import pytest

from account import ROOT
from harness.emulator import Emulator
from harness.function import environment
from harness.sns import Sns, refused
from scripts import BASH, BUSYBOX


@pytest.fixture
def sns(function, tmp_path_factory):
    """The topic that the deployed function publishes to."""
    folder = tmp_path_factory.mktemp("emulator")
    with Sns(None) as sns, Emulator(environment(sns.url), folder) as emulator:
        function.function = emulator.invoke
        yield sns


@pytest.mark.parametrize("shell", [BUSYBOX, BASH], ids=" ".join)
def test_a_test_alert(run, function, sns, shell):
    done = run("smoke", shell=shell)
    assert (done.status, done.err) == (0, "")
    assert "get an alert that begins with TEST" in done.out
    (published,) = sns.published
    assert published.subject.startswith("TEST ")
    ((kind, body),) = function.events
    assert kind == "RequestResponse"
    assert body == (ROOT / "events/enable-region-test.json").read_bytes()
    assert '"messageId":"' in done.out


def test_what_looks_real(run, sns):
    done = run("smoke", str(ROOT / "events/enable-region-root.json"))
    assert (done.status, len(sns.published)) == (0, 1)
    assert "get what looks like a real alert" in done.out


def test_no_match(run, sns):
    done = run("smoke", str(ROOT / "events/disable-region.json"))
    assert (done.status, sns.published) == (1, [])
    assert '{"matched":0,' in done.out
    assert "It published nothing" in done.out


def test_a_failure(run, sns):
    sns.faults.append(refused(403, "AuthorizationError", "not authorized"))
    done = run("smoke")
    assert (done.status, done.err) == (1, "")
    assert "Function.PublishDenied" in done.out
    assert "It failed." in done.out


def test_a_file_that_is_not_there(run, function):
    done = run("smoke", "not-there.json")
    assert (done.status, function.events) == (2, [])
    assert "cannot read not-there.json" in done.err
