"""deploy/redrive.sh: every event reaches the function or stays in its queue."""

import json
import random
import shutil
import subprocess

import pytest

from account import ROOT
from harness.emulator import Emulator
from harness.function import environment
from harness.sns import Sns
from harness.wire import reply
from scripted import fault
from scripts import BASH, BUSYBOX

EVENT = (ROOT / "events/enable-region-root.json").read_text()
AWKS = ("mawk", "busybox awk", "gawk", "original-awk")


def record(event):
    """What Lambda puts into the queue when an event has failed."""
    arn = "arn:aws:lambda:us-east-1:123456789012:function:alert"
    return {
        "version": "1.0",
        "timestamp": "2026-11-20T09:20:11.000Z",
        "requestContext": {
            "requestId": "8c3f846c-c6a9-42d3-83f8-4c485e5c4176",
            "functionArn": f"{arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": {"errorType": "Function.PublishDenied", "errorMessage": 'no: {"}'},
    }


class Queue:
    """A queue of the stack."""

    def __init__(self, account, name):
        self._sqs = account.client("sqs")
        self.url = account.output(f"{name}Url")

    def put(self, *bodies):
        for body in bodies:
            self._sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def receive(self, hidden_s=0):
        """The messages that are in sight, and are out of sight for so long then."""
        return self._sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=hidden_s
        ).get("Messages", [])

    @property
    def bodies(self):
        return sorted(message["Body"] for message in self.receive())

    def delete(self, message):
        self._sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def empty(self):
        while messages := self.receive():
            for message in messages:
                self.delete(message)


@pytest.fixture
def undelivered(account):
    queue = Queue(account, "UndeliveredEvents")
    yield queue
    queue.empty()


@pytest.fixture
def failed(account):
    queue = Queue(account, "FailedInvocations")
    yield queue
    queue.empty()


def events(function):
    """The events that the function was given, all of them without waiting for an answer."""
    assert {kind for kind, _ in function.events} <= {"Event"}
    return [json.loads(body) for _, body in function.events]


@pytest.mark.parametrize("shell", [BUSYBOX, BASH], ids=" ".join)
def test_both_queues(run, undelivered, failed, function, shell):
    once = json.loads(EVENT) | {"id": "1"}
    twice = json.loads(EVENT) | {"id": "2"}
    bare = json.loads(EVENT)["detail"] | {"userAgent": '"requestPayload":{"\\\t\u2028é𝄞'}
    undelivered.put(EVENT)
    failed.put(
        json.dumps(record(once)),
        json.dumps(record(record(twice)), indent=4),
        json.dumps(record(bare), ensure_ascii=False, separators=(",", ":")),
    )
    done = run("redrive", shell=shell)
    assert (done.status, done.err) == (0, "")
    assert events(function) == [json.loads(EVENT), once, twice, bare]
    assert function.events[0][1].decode().rstrip() == EVENT.rstrip()
    assert (undelivered.bodies, failed.bodies) == ([], [])
    assert done.out.count("and deleted") == 4


def test_empty_queues(run):
    done = run("redrive")
    assert (done.status, done.err) == (0, "")
    assert done.out.count("about 0 messages, and 0 out of sight") == 2


def test_a_dry_run_does_nothing(run, undelivered, function):
    undelivered.put(EVENT)
    done = run("redrive", "--dry-run")
    assert done.status == 1
    assert "UndeliveredEvents: about 1 messages" in done.out
    assert (events(function), undelivered.bodies) == ([], [EVENT])


def test_what_is_no_event_stays(run, failed, function):
    whole = json.dumps(record(json.loads(EVENT)))
    no_events = [
        "not JSON",
        '"requestPayload"',
        whole[: len(whole) // 2],
        json.dumps(record(EVENT)),
        json.dumps(record({"key": "value"})),
    ]
    failed.put(*no_events, whole)
    done = run("redrive", "--queue", failed.url)
    assert (done.status, done.err) == (1, "")
    assert events(function) == [json.loads(EVENT)]
    assert failed.bodies == sorted(no_events)
    assert done.out.count("stays: it is neither an event nor Lambda's record of one") == 5


def test_what_lambda_does_not_accept_stays(run, undelivered, function):
    too_large = fault(413, "RequestTooLargeException", "Request must be smaller")
    failed = reply(200, b"{}", [("X-Amz-Function-Error", "Unhandled")])
    function.faults.extend([too_large, failed])
    refused = ['{"detail": {}}', '{"detail": []}', '{"detail": {} "not": "JSON"}']
    undelivered.put(*refused, EVENT)
    done = run("redrive", "--queue", undelivered.url)
    assert (done.status, done.err) == (1, "")
    assert events(function) == [json.loads(EVENT)]
    assert undelivered.bodies == sorted(refused)
    for reason in ("RequestTooLargeException", "event: 200\n", "InvalidRequestContentException"):
        assert reason in done.out


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (429, "TooManyRequestsException", "Rate Exceeded"),
        (500, "ServiceException", "internal error"),
        (403, "AccessDeniedException", "missing permission: lambda:InvokeFunction"),
    ],
)
def test_a_lambda_that_takes_nothing_ends_it(
    run, undelivered, failed, function, status, kind, said
):
    message = "not authorized to perform: lambda:InvokeFunction" if status == 403 else said
    function.faults.extend([fault(status, kind, message)] * 9)
    undelivered.put(EVENT)
    failed.put("{}")
    done = run("redrive")
    assert done.status == 2
    assert said in done.err
    assert (events(function), undelivered.bodies, failed.bodies) == ([], [EVENT], ["{}"])
    assert "FailedInvocations" not in done.out


def test_a_message_that_cannot_be_deleted_stays(run, undelivered, function, may):
    undelivered.put(EVENT)
    done = run("redrive", **may("redrive", "sqs:DeleteMessage"))
    assert (done.status, len(events(function))) == (2, 1)
    assert "missing permission: sqs:DeleteMessage" in done.err
    assert undelivered.bodies == [EVENT]


def test_a_message_that_stays_is_tried_once(run, undelivered, tmp_path_factory):
    """Also where it comes into sight again while the script is at work."""
    folder = shutil.copytree(ROOT / "deploy", tmp_path_factory.mktemp("copy") / "deploy")
    script = folder / "redrive.sh"
    text = script.read_text()
    assert text.count("hidden_s=300\n") == 1
    script.write_text(text.replace("hidden_s=300\n", "hidden_s=0\n"))
    undelivered.put("no event")
    done = run("redrive", "--queue", undelivered.url, folder=folder)
    assert (done.status, done.out.count("stays")) == (1, 1)


def test_a_message_out_of_sight_is_told_of(run, undelivered, function):
    undelivered.put(EVENT)
    (message,) = undelivered.receive(hidden_s=600)
    done = run("redrive", "--queue", undelivered.url)
    undelivered.delete(message)
    assert (done.status, events(function)) == (1, [])
    assert "about 0 messages, and 1 out of sight" in done.out


def test_another_queue_and_function(run, account, function):
    """As for a member account's queue: the stack is not asked."""
    sqs = account.client("sqs")
    url = sqs.create_queue(QueueName="member")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=EVENT)
    actions = ["sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:DeleteMessage"]
    done = run("redrive", "--queue", url, "--function", "central", **account.user(*actions))
    assert (done.status, done.err, events(function)) == (0, "", [json.loads(EVENT)])
    assert [request.target for request in function.requests] == [
        "/2015-03-31/functions/central/invocations"
    ]


def test_a_failure_becomes_an_alert(run, failed, function, tmp_path_factory):
    """From Lambda's record through the real function to SNS."""
    folder = tmp_path_factory.mktemp("emulator")
    with Sns(None) as sns, Emulator(environment(sns.url), folder) as emulator:
        function.function = emulator.invoke
        failed.put(json.dumps(record(json.loads(EVENT))))
        done = run("redrive", "--queue", failed.url)
        assert (done.status, sns.refusals) == (0, [])
        (published,) = sns.published
    assert json.loads(EVENT)["detail"]["eventID"] in published.raw_message


# ------------------------------------------------------------------------------------ member.awk


@pytest.fixture(params=[awk for awk in AWKS if shutil.which(awk.split()[0])])
def member(request):
    """member.awk in each awk that is here: the status, and what it printed."""
    awk = request.param.split()

    def member(text, key="key"):
        done = subprocess.run(
            [*awk, "-v", f"key={key}", "-f", ROOT / "deploy/member.awk"],
            input=text.encode(),
            env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            timeout=30,
        )
        assert done.stderr == b""
        return done.returncode, done.stdout.decode()

    return member


def value(chance, depth=0):
    """A JSON value full of what could lead a reader of JSON astray."""
    kind = chance.choice(["text", "text", "number", "word", "object", "array"])
    if kind == "text" or depth > 3:
        return "".join(chance.choices('"\\{}[],: \n\tké𝄞', k=chance.randrange(9)))
    if kind == "number":
        return chance.choice([0, -1, 1e300, 0.5])
    if kind == "word":
        return chance.choice([None, True, False])
    children = [value(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind == "array":
        return children
    names = chance.sample(["key", "a", '"key', "key\\", ""], len(children))
    return dict(zip(names, children, strict=True))


def test_a_member_is_found_as_it_stands(member):
    chance = random.Random(6)
    for _ in range(150):
        document = {"a": value(chance), "key": value(chance), '"key': value(chance)}
        document = dict(chance.sample(list(document.items()), 3))
        spaces = chance.choice([None, 2])
        text = json.dumps(document, indent=spaces, ensure_ascii=chance.random() < 0.5)
        status, printed = member(text)
        assert (status, json.loads(printed)) == (0, document["key"])


def test_a_part_of_an_object_is_none(member):
    text = json.dumps({"key": {"a": ["\\", '"', {}]}, "b": '\\"'})
    for length in range(len(text)):
        assert member(text[:length])[0] == 1, text[:length]


@pytest.mark.parametrize(
    "text",
    ["", " ", "{}", "[]", '"key"', '["key", 1]', '{"a": {"key": 1}}', '{"a": "key"}']
    + ['{"\\"key": 1}', '{"key": 1, "key": 2}', '{"key": 1}{}', '{"key": 1} "x"\n', 'x{"key": 1}']
    + ['[{"key": 1}]', '"x"{"key": 1}'],
)
def test_no_member(member, text):
    assert member(text)[0] == 1


def test_a_large_object(member):
    text = json.dumps({"a": ['\\"x' * 1000] * 200, "key": ["y" * 100_000, {}]})
    assert len(text) > 1_000_000
    status, printed = member(text)
    assert (status, json.loads(printed)) == (0, ["y" * 100_000, {}])
