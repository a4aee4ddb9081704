"""AWS services that moto lacks, or plays too well: they answer what the test tells them to."""

import collections
import json
import re
from urllib.parse import parse_qs

from account import ACCOUNT, REGION
from harness.wire import Server, reply


def fault(status, kind, message):
    """The reply of a JSON service that refuses."""
    body = json.dumps({"Type": "User", "message": message, "Message": message}).encode()
    return reply(status, body, [("x-amzn-ErrorType", kind)])


class Scripted(Server):
    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


class Lambda(Scripted):
    """One function. Without `function`, which takes an event and answers, it only notes events."""

    def __init__(self, function=None):
        super().__init__()
        self.function = function
        self.description = {"Configuration": {"State": "Active"}}
        self.faults = collections.deque()  # a reply instead of an invocation; None: none
        self.events = []  # (invocation type, body) of each that was accepted

    def answer(self, request):
        if request.method == "GET" and self.description:
            return reply(200, json.dumps(self.description).encode())
        if request.method == "GET":
            return fault(404, "ResourceNotFoundException", "Function not found")
        assert request.target.endswith("/invocations"), request.target
        instead = self.faults.popleft() if self.faults else None
        if instead:
            return instead
        try:
            json.loads(request.body)
        except ValueError:
            return fault(400, "InvalidRequestContentException", "Could not parse request body")
        kind = request.header("X-Amz-Invocation-Type") or "RequestResponse"
        self.events.append((kind, request.body))
        answer = self.function(request.body) if self.function else {}
        if kind == "Event":
            return reply(202)
        failed = [("X-Amz-Function-Error", "Unhandled")] if "errorType" in answer else []
        return reply(200, json.dumps(answer, separators=(",", ":")).encode(), failed)


class Query(Scripted):
    """A service of the query protocol: `answers` has the XML inside the result of each action."""

    def __init__(self, **answers):
        super().__init__()
        self.answers = answers
        self.calls = []  # forms

    def answer(self, request):
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        self.calls.append(form)
        action = form["Action"]
        result = self.answers[action]
        if isinstance(result, list):  # the steps of a reply
            return result
        body = f"<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"
        return reply(200, body.encode(), [("Content-Type", "text/xml")])


def refused(status, code, message):
    """The reply of a query service that refuses."""
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return reply(status, f"<ErrorResponse>{error}</ErrorResponse>".encode())


def subscriptions(*members):
    """The result of ListSubscriptionsByTopic: (protocol, endpoint, ARN or state) of each."""
    xml = [
        f"<member><Protocol>{protocol}</Protocol><Endpoint>{endpoint}</Endpoint>"
        f"<SubscriptionArn>{arn}</SubscriptionArn></member>"
        for protocol, endpoint, arn in members
    ]
    return f"<Subscriptions>{''.join(xml)}</Subscriptions>"


def attributes(**values):
    """The result of GetSubscriptionAttributes."""
    xml = [
        f"<entry><key>{key}</key><value>{value}</value></entry>" for key, value in values.items()
    ]
    return f"<Attributes>{''.join(xml)}</Attributes>"


class ForeignTrail(Scripted):
    """CloudTrail in a member account: the organisation's trail is shown and keeps to itself."""

    arn = f"arn:aws:cloudtrail:{REGION}:999999999999:trail/organisation"

    def answer(self, request):
        operation = request.header("X-Amz-Target").rpartition(".")[2]
        if operation == "DescribeTrails":
            trail = {"TrailARN": self.arn, "IsMultiRegionTrail": True, "HomeRegion": REGION}
            return reply(200, json.dumps({"trailList": [trail]}).encode())
        user = f"arn:aws:iam::{ACCOUNT}:user/reader"
        what = f"User: {user} is not authorized to perform: cloudtrail:{operation}"
        return fault(400, "AccessDeniedException", what)


def permissions(help_text):
    """What the help of a script says that it needs."""
    return re.findall(r"\b[a-z]+:[A-Z][A-Za-z]+", help_text.partition("Permissions")[2])
