"""One run of the function under a fault, and the books of what became of every alert.

The promise: for every event and every rule that matches it, SNS took an alert, or an earlier one
explains its absence in the answer and in the log, or the invocation ended as an error, or the
process died. Never none of these; and SNS never took more copies than attempts were made.
"""

import collections
import contextlib
import dataclasses
import itertools
import re
import signal
import time

from harness import events
from harness.function import BOOTSTRAP, RULE_ID, Function, environment
from harness.processes import wait_until
from harness.rules import SECOND_ID, write_three
from harness.runtime_api import RuntimeApi, event_reply
from harness.sns import Sns
from harness.wire import CLOSE, reply

NOT_EXPECTED = reply(403, b'{"errorType":"InvalidStateTransition"}')
TAKEN = re.compile(rb"<MessageId>([^<]+)</MessageId>")
SANITIZED = "asan" in str(BOOTSTRAP)  # its memory says nothing about ours


class BookedApi(RuntimeApi):
    """A Runtime API that, as Lambda's, gives a process no event before it has answered the last."""

    def __init__(self):
        super().__init__()
        self.open = False

    def answer(self, request):
        if request.method == "GET" and self.open:
            return NOT_EXPECTED
        steps = super().answer(request)
        self.open = request.method == "GET" and steps != [CLOSE]
        return steps


class BookedSns(Sns):
    """SNS that notes which alert it took: each whose reply, however it ends, has a message id."""

    def __init__(self, certificate):
        super().__init__(certificate)
        self.taken = []  # of (alert id, message id)
        self.on_attempt = None  # called when a Publish is read, before it is answered

    def answer(self, request):
        before = len(self.attempts)
        steps = super().answer(request)
        message_id = TAKEN.search(b"".join(step for step in steps if isinstance(step, bytes)))
        if len(self.attempts) > before and message_id:
            alert_id = self.attempts[-1].finding["metadata"]["uid"]
            self.taken.append((alert_id, message_id[1].decode()))
        if self.on_attempt and len(self.attempts) > before:
            self.on_attempt()
        return steps


@dataclasses.dataclass(frozen=True)
class Delivery:
    """An event that Lambda handed out, and how that ended: an Outcome, or None: the process died.

    The event is None for a process that refused to start.
    """

    event: bytes
    outcome: object
    seconds: float


class Run:
    """Servers, and one process after another, as Lambda starts a new one when one has died."""

    def __init__(self, authority, certificate, folder):
        self.authority = authority
        self.folder = folder
        self.deliveries = []
        self.peak_kib = 0
        self.logs = []
        self.function = None
        self.rule_ids = [RULE_ID]
        self._count = itertools.count(1)
        self._stack = contextlib.ExitStack()
        self.api = self._stack.enter_context(BookedApi())
        self.sns = self._stack.enter_context(BookedSns(certificate))
        self.env = environment(
            self.sns.url, authority.bundle, AWS_LAMBDA_RUNTIME_API=self.api.address
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.function:
            self.function.stop()
        self._stack.close()

    def add_rules(self):
        """Three rules, of which two match what bob does."""
        write_three(self.folder / "task")
        self.env["LAMBDA_TASK_ROOT"] = str(self.folder / "task")
        self.rule_ids.append(SECOND_ID)

    def start(self, before=(), **changes):
        """A process, in the environment with these changes; None takes a name out."""
        env = {name: value for name, value in (self.env | changes).items() if value is not None}
        folder = self.folder / f"process-{next(self._count)}"
        folder.mkdir()
        self.api.open = False
        self.function = Function(self.api, env, folder, before)

    def deliver(self, event, **headers):
        """Hands the event out and waits for its end."""
        began = time.monotonic()
        self.api.offer(event_reply(event, **headers))
        outcome = self.function.outcome()
        self.peak_kib = max(self.peak_kib, self.function.memory_kib("VmHWM"))
        self.deliveries.append(Delivery(event, outcome, time.monotonic() - began))
        return outcome

    def hand_out(self, event):
        """Hands the event out, and waits for nothing."""
        self.api.offer(event_reply(event))
        self.deliveries.append(Delivery(event, None, 0.0))

    def kill(self):
        """What the out-of-memory killer does."""
        self.function.popen.send_signal(signal.SIGKILL)
        assert self.function.wait() == -signal.SIGKILL
        self.keep_log()

    def freeze(self):
        """From here on the process does nothing, whatever it is sent."""
        self.function.popen.send_signal(signal.SIGSTOP)
        stat = f"/proc/{self.function.pid}/stat"
        wait_until(lambda: open(stat).read().rsplit(")", 1)[1].split()[0] == "T", what="the stop")

    def finish(self):
        """A process that goes on must end well when it is told to."""
        self.function.terminate()
        assert self.function.wait() == 0, self.function.stderr
        self.keep_log()

    def refuse_to_start(self):
        """The process must give up by itself: /init/error, then exit status 1."""
        outcome = self.function.outcome()
        assert self.function.wait() == 1
        self.keep_log()
        self.deliveries.append(Delivery(None, outcome, 0.0))

    def keep_log(self):
        self.function.check_logs()
        self.logs += self.function.log

    def telling_lines(self):
        """The lines of the log that tell how the invocations ended, cut."""
        told = [line for line in self.logs if line["level"] != "INFO" and "ruleId" not in line]
        told = told or [line for line in self.logs if line["message"] == "alert published"]
        return [f"{line['level']} {line['message'][:40]}" for line in told]

    @property
    def attempts(self):
        return len(self.sns.attempts)

    def audit(self):
        """Fails for an alert that is nowhere, for one that was never sent, for a copy too many."""
        taken = collections.Counter(alert_id for alert_id, _ in self.sns.taken)
        tried = collections.Counter(one.finding["metadata"]["uid"] for one in self.sns.attempts)
        for alert_id, copies in taken.items():
            assert copies <= tried[alert_id], f"{alert_id}: more copies than attempts"
        for delivery in self.deliveries:
            for alert_id in self._due(delivery.event):
                self._account(alert_id, delivery.outcome, taken)
        assert self.sns.refusals == [], "SNS was sent what it never takes"

    def _due(self, event):
        """The ids of the alerts that the event must raise."""
        return [f"{rule_id}:{events.event_id(event)}" for rule_id in self.rule_ids] if event else []

    def _account(self, alert_id, outcome, taken):
        if outcome is None or outcome.verb.endswith("error"):
            return
        rule_id, event_id = alert_id.split(":")
        mine = {"ruleId": rule_id, "eventId": event_id}
        claimed = [entry for entry in outcome.answer["alerts"] if mine.items() <= entry.items()]
        absent = [entry for entry in outcome.answer["suppressed"] if mine.items() <= entry.items()]
        assert len(claimed) + len(absent) == 1, f"{alert_id} is nowhere in {outcome.answer}"
        assert taken[alert_id] > 0, f"{alert_id}: a success, and SNS took nothing"
        for entry in claimed:
            assert (alert_id, entry["messageId"]) in self.sns.taken
        for entry in absent:
            assert entry["reason"] == "duplicate"
        logged = "alert published" if claimed else "alert suppressed: already published"
        lines = [line for line in self.logs if line.get("alertId") == alert_id]
        assert logged in [line["message"] for line in lines], f"{alert_id} is not in the log"


def describe(outcome):
    """The end of an invocation in a few words."""
    if outcome is None:
        return "died"
    if outcome.verb == "init/error":
        return f"init {outcome.error_type}"
    if outcome.verb == "error":
        return outcome.error_type
    answer = outcome.answer
    return f"{len(answer['alerts'])} published, {len(answer['suppressed'])} suppressed"
