"""The server in C takes what is right, and says what is wrong."""

import json
import pathlib
import subprocess
import sys

import pytest

from harness import leaks
from harness.certificates import Authority

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVER = ROOT / "build/server"
BOOTSTRAP = [ROOT / "build/bootstrap"]
CANDIDATE = [sys.executable, pathlib.Path(__file__).with_name("candidate.py")]
EVENT = ROOT / "events/enable-region-iam-user.json"
OTHER = ROOT / "events/disable-region.json"

WRONG = {
    "unsigned": "no Authorization",
    "another key": "access key is unknown",
    "another token": "security token is wrong",
    "another secret": "signature is wrong",
    "another region": "another date, region or service",
    "another body": "signature is wrong",
    "another header": "signature is wrong",
    "unsigned header": "is not signed",
    "16 minutes late": "within 15 minutes",
    "-16 minutes late": "within 15 minutes",
    "another path": "it is not POST /",
    "another action": "not Publish",
    "another topic": "another topic",
    "no message": "no message",
    "another event": "without the eventID",
    "alerts twice": "once too often",
    "no alert": "no alert had been accepted",
    "matched 0": "was answered with",
    "answers twice": "is not open",
    "fails": "no luck",
    "unknown verb": "the Runtime API has no",
    "dies": "wait status 0x300",
}


def serve(expectation, program, *options, event=EVENT, env=None):
    """The exit status of the server, and what it printed."""
    argv = [SERVER, "--event", event, *options, expectation, *program]
    run = subprocess.run([*map(str, argv)], env=env or {}, capture_output=True, text=True)
    leaks.search((run.stdout + run.stderr).encode(), argv)
    return run.returncode, json.loads(run.stdout)


@pytest.mark.parametrize(
    "deed", ["nothing wrong", "in chunks", "14 minutes late", "-14 minutes late"]
)
def test_takes_what_is_right(deed):
    status, result = serve("alert", [*CANDIDATE, deed], "--count", 3)
    assert (status, result["failure"], result["events"]) == (0, "", 3)


@pytest.mark.parametrize("misdeed", WRONG)
def test_says_what_is_wrong(misdeed):
    status, result = serve("alert", [*CANDIDATE, misdeed])
    assert status == 1 and WRONG[misdeed] in result["failure"]


def test_measures():
    status, result = serve("alert", [*CANDIDATE, "nothing wrong"], "--count", 20)
    assert status == 0
    first, half, last = (result[f"after_{part}"] for part in ("first", "half", "all"))
    assert 0 < first["cpu_us"] < half["cpu_us"] < last["cpu_us"] <= result["total_cpu_us"]
    assert first["peak_kib"] <= last["peak_kib"] and last["resident_kib"] <= last["peak_kib"]
    alert, answer = result["event_to_alert_ns"], result["event_to_answer_ns"]
    assert 0 < alert["p50"] < answer["p50"] <= answer["p99"] < result["all_events_ns"]
    assert 0 < result["exec_to_next_ns"] < result["exec_to_answer_ns"] < result["exec_to_end_ns"]


def test_faults():
    """Each is met, and each way not to bear it is found."""
    trust = {"ALERT_MAX_PER_SECOND": "0"}
    status, result = serve("alert", BOOTSTRAP, "--count", 600, "--faults", 5, env=trust)
    assert (status, result["failure"], result["events"]) == (0, "", 600)
    met = result["faults"]
    assert min(met.values()) > 0
    again = sum(met.values()) + 2 * met["500 three times"] + met["refused for good"]
    assert result["attempts"] == 600 + again - met["the event twice"]
    taken = met["reset, taken"] + met["reset in the body"] + met["cut body"]
    assert result["copies"] == 600 + taken - met["refused for good"]
    assert result["errors"] == met["refused"] + met["500 three times"] + 3 * met["refused for good"]


@pytest.mark.parametrize(
    "deed, seed, words",
    [
        ("nothing wrong", 10, "no alert had been accepted"),
        ("gives up", 10, "gave up"),
        ("nothing wrong", 3, "once too often"),
    ],
)
def test_says_which_fault_was_not_borne(deed, seed, words):
    status, result = serve("alert", [*CANDIDATE, deed], "--count", 60, "--faults", seed)
    assert status == 1 and words in result["failure"]


def test_echo():
    assert serve("echo", [*CANDIDATE, "echo"], "--count", 3)[0] == 0
    status, result = serve("echo", [*CANDIDATE, "fails"])
    assert status == 1 and "no luck" in result["failure"]
    status, result = serve("echo", [*CANDIDATE, "no alert"])
    assert status == 1 and "was answered with" in result["failure"]


def test_silence():
    status, result = serve("silence", [*CANDIDATE, "nothing wrong"])
    assert status == 1 and "none was expected" in result["failure"]
    status, result = serve("silence", [*CANDIDATE, "no alert"])
    assert status == 1 and "was answered with" in result["failure"]


def test_nothing():
    assert serve("nothing", ["/bin/true"])[0] == 0
    status, result = serve("nothing", ["/bin/false"])
    assert status == 1 and "wait status 0x100" in result["failure"]
    status, result = serve("nothing", ["/no/such/program"])
    assert status == 1 and "could not be started" in result["failure"]
    status, result = serve("nothing", ["/bin/sleep", "60"], "--timeout", 1)
    assert status == 1 and "wait status 0x9" in result["failure"]


def test_the_bootstrap_over_tls(tmp_path):
    authority = Authority(tmp_path, "ca")
    certificate = authority.issue("server")
    certificate.chain.rename(tmp_path / "server.pem")
    certificate.key.rename(tmp_path / "server.key")
    trust = {"AWS_CA_BUNDLE": str(authority.bundle), "ALERT_MAX_PER_SECOND": "0"}
    tls = ("--tls", tmp_path)
    assert serve("alert", BOOTSTRAP, *tls, "--count", 50, env=trust)[1]["failure"] == ""
    assert serve("silence", BOOTSTRAP, *tls, event=OTHER, env=trust)[1]["failure"] == ""
    assert "PublishUntrusted" in serve("alert", BOOTSTRAP, *tls)[1]["failure"]


def test_runs_more_than_once_and_prints_the_last(tmp_path):
    once_more = ["/bin/sh", "-c", f"echo run >>{tmp_path}/runs"]
    assert serve("nothing", once_more, "--runs", 3)[1]["failure"] == ""
    assert (tmp_path / "runs").read_text() == "run\n" * 3


def test_the_environment_is_as_on_lambda():
    check = 'test "$AWS_LAMBDA_FUNCTION_NAME" = enable-region-alert && test "$KEPT" = yes'
    assert serve("nothing", ["/bin/sh", "-c", check], env={"KEPT": "yes"})[1]["failure"] == ""
