"""The program under test: its environment, and one run of it between scripted servers."""

import json
import os
import pathlib
import queue
import re
import time

from harness.processes import Process
from harness.runtime_api import event_reply
from harness.sns import CREDENTIALS, TOPIC_ARN

ROOT = pathlib.Path(__file__).resolve().parents[3]
BOOTSTRAP = pathlib.Path(os.environ.get("BOOTSTRAP", ROOT / "build/bootstrap")).resolve()
RUNTIME = pathlib.Path(os.environ.get("RUNTIME", ROOT / "build/runtime")).resolve()
RULE_ID = "a5ffb6ea-c784-4e01-b30a-deb6e58ca2ab"
AUTHORS = "Ivan Saakov, Sergey Zelenskiy"
SANITIZER_REPORT = re.compile(r"ERROR: \w*Sanitizer|runtime error:|\w+Sanitizer has encountered")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
LEVELS = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}


def environment(endpoint, ca_bundle=None, credentials=CREDENTIALS, topic_arn=TOPIC_ARN, **more):
    """The whole environment of the function: nothing of ours leaks in. None takes a name out."""
    env = {
        "PATH": "/usr/bin:/bin",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": credentials.key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret,
        "AWS_SESSION_TOKEN": credentials.token,
        "AWS_ENDPOINT_URL_SNS": endpoint,
        "AWS_CA_BUNDLE": str(ca_bundle) if ca_bundle else None,
        "ALERT_TOPIC_ARN": topic_arn,
        "ALERT_MAX_PER_SECOND": "0",  # at its usual pace a test would wait for each alert
        "ASAN_OPTIONS": "detect_leaks=1:exitcode=99",
        "UBSAN_OPTIONS": "print_stacktrace=1",
    } | more
    return {name: value for name, value in env.items() if value is not None}


class Function(Process):
    """The bootstrap, fed by a scripted Runtime API.

    As a context it ends the run: unless the test has waited for the end itself, the process gets
    SIGTERM and must exit with 0; in any case its log must be clean. So each test is a test of that.
    `before` is a command that ends by executing what follows it.
    """

    def __init__(self, api, env, folder, before=()):
        self.api = api
        self.awaited = False
        self.secrets = [
            env[name] for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN") if env.get(name)
        ]
        self.text_logs = env.get("AWS_LAMBDA_LOG_FORMAT", "").lower() == "text"
        super().__init__([*before, BOOTSTRAP], env, folder, "bootstrap")

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure:
            self.stop()
            return
        if not self.awaited:
            self.terminate()
            status = self.wait()
            assert status == 0, f"exit status {status} after SIGTERM\n{self.stderr}"
        self.check_logs()

    def wait(self, timeout=30):
        self.awaited = True
        return super().wait(timeout)

    def invoke(self, event, **headers):
        """Hands the event over and returns the Outcome. `headers` are those of event_reply()."""
        self.api.offer(event_reply(event, **headers))
        return self.outcome()

    def answer(self, event, **headers):
        """Hands the event over and returns the handler's answer; an error fails the test."""
        return self.invoke(event, **headers).answer

    def outcome(self, timeout=30):
        """The next Outcome. Fails at once when the process dies instead."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                return self.api.outcomes.get(timeout=0.2)
            except queue.Empty:
                if not self.running and self.api.outcomes.empty():
                    break
        raise AssertionError(
            f"no outcome; running: {self.running}, status {self.popen.poll()}\n{self.stderr}"
        )

    def memory_kib(self, name="VmRSS"):
        """The resident memory of the process now; VmHWM: at its peak."""
        with open(f"/proc/{self.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(f"{name}:"))

    def descriptors(self):
        """How many files and sockets the process has open."""
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    @property
    def log(self):
        """The log lines as objects."""
        return [json.loads(line) for line in self.stderr.splitlines()]

    @property
    def metrics(self):
        """The log lines that CloudWatch takes metrics from, of any log format."""
        lines = [json.loads(line) for line in self.stderr.splitlines() if line.startswith("{")]
        return [line for line in lines if "_aws" in line]

    def check_logs(self):
        """No sanitizer report, no secret, every line one JSON object that Lambda can filter."""
        text = self.err_path.read_bytes().decode("utf-8")  # must be valid UTF-8
        assert not SANITIZER_REPORT.search(text), text
        for secret in self.secrets:
            assert secret not in text + self.stdout, "a secret is in the log"
        if self.text_logs:
            return
        for line in self.log:
            assert (
                TIMESTAMP.fullmatch(line["timestamp"])
                and line["level"] in LEVELS
                and line["message"]
            ), line
