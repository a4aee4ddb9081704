"""A scripted Runtime API: hands out what the test says, to the byte, and keeps what comes back."""

import collections
import dataclasses
import json
import queue
import threading
import time
import uuid

from harness import leaks
from harness.wire import CLOSE, Server, reply

PREFIX = "/2018-06-01/runtime/"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:111122223333:function:enable-region-alert"
TRACE_ID = "Root=1-67f0c1d2-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=0"
ACCEPTED = reply(202, b'{"status":"OK"}\n', [("Content-Type", "application/json")])


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What the runtime posted."""

    verb: str  # "response", "error", "init/error" or "restore/error"
    request_id: str  # of the path; "" for the last two
    request: object

    @property
    def json(self):
        return json.loads(self.request.body.decode("utf-8"))

    @property
    def answer(self):
        """The handler's answer; fails with the error's text if it was an error."""
        assert self.verb == "response", f"{self.verb}: {self.request.body!r}"
        return self.json

    @property
    def error_type(self):
        """The error's type, after the checks that hold for every error."""
        assert self.verb.endswith("error"), f"{self.verb}: {self.request.body!r}"
        assert set(self.json) == {"errorType", "errorMessage", "stackTrace"}
        assert self.request.header("Lambda-Runtime-Function-Error-Type") == self.json["errorType"]
        return self.json["errorType"]

    @property
    def error_message(self):
        return self.json["errorMessage"]


def event_reply(event, request_id=None, deadline_s=30.0, without=(), extra=()):
    """A 200 of /next as Lambda sends it, less the headers `without`, plus the pairs `extra`."""
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Aws-Request-Id": request_id or str(uuid.uuid4()),
        "Lambda-Runtime-Deadline-Ms": str(int((time.time() + deadline_s) * 1000)),
        "Lambda-Runtime-Invoked-Function-Arn": FUNCTION_ARN,
        "Lambda-Runtime-Trace-Id": TRACE_ID,
    }
    kept = [(name, value) for name, value in headers.items() if name not in without]
    return reply(200, event, kept + list(extra))


class RuntimeApi(Server):
    """/next waits for offer(); a POST is answered 202 unless post_replies holds another reply."""

    def __init__(self):
        super().__init__()
        self.post_replies = collections.deque()
        self.outcomes = queue.SimpleQueue()
        self._script = collections.deque()
        self._waiting = None  # the newest /next: an older one has lost its client
        self._changed = threading.Condition()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def offer(self, steps):
        """Answers one /next with these steps."""
        with self._changed:
            self._script.append(steps)
            self._changed.notify_all()

    @property
    def gets(self):
        return [request for request in self.requests if request.method == "GET"]

    @property
    def posts(self):
        return [request for request in self.requests if request.method == "POST"]

    def close(self):
        super().close()
        with self._changed:
            self._waiting = None
            self._changed.notify_all()

    def answer(self, request):
        assert request.target.startswith(PREFIX), request.target
        path = request.target.removeprefix(PREFIX)
        if request.method == "GET" and path == "invocation/next":
            return self._take(request)
        leaks.search(repr(request.headers).encode() + request.body, request.target)
        self.outcomes.put(_outcome(path, request))
        return self.post_replies.popleft() if self.post_replies else ACCEPTED

    def _take(self, request):
        """Waits for the script to go on."""
        with self._changed:
            self._waiting = request
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._script or self._waiting is not request)
            return self._script.popleft() if self._waiting is request else [CLOSE]


def _outcome(path, request):
    if path in ("init/error", "restore/error"):
        return Outcome(path, "", request)
    invocation, request_id, verb = path.split("/")
    assert (request.method, invocation) == ("POST", "invocation") and verb in (
        "response",
        "error",
    ), path
    return Outcome(verb, request_id, request)
