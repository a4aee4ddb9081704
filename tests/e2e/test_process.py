"""The process: signals, proxies, logs."""

import os

import pytest

from harness import events
from harness.processes import wait_until
from harness.runtime_api import event_reply
from harness.sns import accepted
from harness.wire import Pause

MATCH = events.read("enable-region-iam-user")
NOBODY = 65534
DEAD_PROXY = "http://127.0.0.1:1"

pytestmark = pytest.mark.asan


def test_sigterm_while_waiting(function, api):
    function.invoke(MATCH)
    function.terminate()
    assert function.wait(timeout=5) == 0
    assert len(api.posts) == 1


def test_sigterm_before_the_first_event(function, api):
    """While /next waits for the first time."""
    wait_until(lambda: api.gets, what="the first /next")
    function.terminate()
    assert function.wait(timeout=5) == 0
    assert api.posts == []


def test_sigterm_during_an_invocation(function, api, sns):
    """The alert still goes out and the answer is posted; then the process ends, asking no more."""
    sns.faults.append([Pause(1.0), *accepted()])
    api.offer(event_reply(MATCH))
    wait_until(lambda: sns.attempts, what="the publish")
    function.terminate()
    assert function.outcome().answer["matched"] == 1
    assert function.wait(timeout=5) == 0
    assert (len(api.gets), len(api.posts)) == (1, 1)


@pytest.mark.parametrize(
    "names",
    [["http_proxy", "https_proxy", "all_proxy"], ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]],
)
def test_proxy_variables_redirect_nothing(start, sns, names):
    """Neither the Runtime API nor SNS may be reached through somebody's proxy."""
    function = start(**dict.fromkeys(names, DEAD_PROXY))
    assert function.answer(MATCH)["matched"] == 1
    assert len(sns.published) == 1


def test_debug_log_holds_no_payload_and_no_secret(start):
    """At the most talkative level. (That no secret is logged is checked after every run.)"""
    function = start(AWS_LAMBDA_LOG_LEVEL="TRACE")
    for event in (
        events.vary(userAgent="CANARY-AGENT"),
        b'{"CANARY-KEY":',
        events.vary(errorCode="CANARY-CODE"),
    ):
        function.invoke(event)
    assert "CANARY" not in function.stderr
    assert function.stderr


def test_text_log(start):
    function = start(AWS_LAMBDA_LOG_FORMAT="Text")
    function.invoke(MATCH, request_id="text-log-id")
    function.invoke(b"{", request_id="text-log-id")
    lines = function.stderr.splitlines()
    texts = [line for line in lines if not line.startswith("{")]
    assert any("text-log-id" in line for line in texts)
    assert len(lines) - len(texts) == len(function.metrics) == 2


def test_log_level(start):
    function = start(AWS_LAMBDA_LOG_LEVEL="fatal")
    function.invoke(MATCH)
    function.invoke(b"{")
    assert function.stderr == ""


def test_hostile_event_id_forges_no_log_line(function):
    """The alert's id is logged; whatever the record holds, a line stays a line."""
    function.invoke(events.vary(eventID='x"\n{"level":"FATAL","message":"forged"}\u2028\u202e'))
    assert all(line["message"] != "forged" for line in function.log)


def test_no_core_dump(function):
    """A core would hold the role's credentials."""
    function.answer(MATCH)
    with open(f"/proc/{function.pid}/limits") as limits:
        (line,) = [line for line in limits if line.startswith("Max core file size")]
    assert line.split()[4:6] == ["0", "0"]  # the soft and the hard limit


@pytest.mark.skipif(os.geteuid() != 0, reason="another user is made by root")
def test_another_process_of_the_user_cannot_look_into_it(start, api):
    """What is dumpable belongs to its user in /proc, what is not belongs to root."""
    search = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    function = start(["setpriv", f"--reuid={NOBODY}", *search], AWS_CA_BUNDLE=None)
    wait_until(lambda: api.gets, what="the first /next")
    with open(f"/proc/{function.pid}/status") as status:
        assert f"Uid:\t{NOBODY}" in status.read()
    assert os.stat(f"/proc/{function.pid}/environ").st_uid == 0


def test_nothing_on_standard_output(function):
    function.invoke(MATCH)
    function.invoke(b"{")
    assert function.stdout == ""
