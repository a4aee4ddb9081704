"""A scripted SNS over TLS: stricter than AWS where a mistake could hide, and failing as AWS does.

Every request is checked, also one that will be answered with a fault: what SNS would not have
taken stands in `refusals`, which a test must leave empty unless it wants them.
"""

import collections
import dataclasses
import json
import re
import uuid
from urllib.parse import unquote_to_bytes
from xml.sax.saxutils import escape

from harness import sigv4
from harness.sigv4 import Refused
from harness.wire import Server, reply

ACCOUNT = "111122223333"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:enable-region-alerts"
MESSAGE_MAX_BYTES = 262144
CONTENT_TYPE = "application/x-www-form-urlencoded; charset=utf-8"
FORM_NAMES = {"Action", "Version", "TopicArn", "Subject", "Message", "MessageStructure"}
FIFO_NAMES = {"MessageGroupId", "MessageDeduplicationId"}
ATTRIBUTE_PART = re.compile(
    r"MessageAttributes\.entry\.([1-9]\d*)\.(Name|Value\.DataType|Value\.StringValue)"
)
ATTRIBUTE_PARTS = {"Name", "Value.DataType", "Value.StringValue"}
ATTRIBUTE_NAME = re.compile(r"(?=.{1,256}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
ATTRIBUTES_MAX = 10  # with more, SQS drops a raw message
FIFO_VALUE = re.compile(r"[!-~]{1,128}")
FORM_VALUE = re.compile(rb"(?:[A-Za-z0-9_.~+-]|%[0-9A-F]{2})*")
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"


@dataclasses.dataclass(frozen=True)
class Credentials:
    key_id: str
    secret: str
    token: str


# Not the keys of anybody: the shapes of a role's temporary credentials.
CREDENTIALS = Credentials(
    "ASIAIOSFODNN7EXAMPLE",
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "SESSION/TOKEN+EXAMPLE==" * 30,
)


@dataclasses.dataclass(frozen=True)
class Publish:
    """One Publish that SNS would have taken."""

    subject: str
    message: dict  # by protocol, as MessageStructure=json has it; else {}
    text: str  # the one text for every protocol; "" with MessageStructure=json
    attributes: dict  # those that a subscriber would get
    raw_message: str
    fifo: dict  # MessageGroupId and MessageDeduplicationId, for topics that take them
    request: object

    def to(self, protocol):
        """The text that a subscriber with this protocol gets."""
        return self.message.get(protocol, self.message["default"]) if self.message else self.text

    @property
    def finding(self):
        """The machine form: what SQS, Lambda and HTTP subscribers get."""
        return _read_json(self.to("sqs"))

    @property
    def card(self):
        """What Amazon Q Developer shows in a chat channel."""
        return _read_json(self.to("https"))

    @property
    def email(self):
        return self.to("email")

    @property
    def sms(self):
        return self.to("sms")

    @property
    def size(self):
        """What counts for the limit of SNS, in bytes."""
        attributes = [(name, "String", value) for name, value in self.attributes.items()]
        return _count(self.raw_message, attributes)


def _read_json(text):
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False).encode()  # fails for a lone surrogate
    return value


def _count(message, attributes):
    """Bytes of the message, and of the name, type and value of each attribute."""
    return len(message.encode()) + sum(len("".join(parts).encode()) for parts in attributes)


def accepted(message_id=None):
    """The reply to a Publish that was taken."""
    message_id = message_id or uuid.uuid4()
    return reply(
        200,
        f'<PublishResponse xmlns="{NAMESPACE}"><PublishResult><MessageId>{message_id}</MessageId>'
        f"</PublishResult><ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
        "</PublishResponse>".encode(),
        [("Content-Type", "text/xml")],
    )


def refused(status, code, message, request_id=None, headers=()):
    """The reply to a Publish that failed, as the query protocol has it."""
    request_id = request_id or str(uuid.uuid4())
    fault = "Sender" if status < 500 else "Receiver"
    body = (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>{fault}</Type><Code>{code}</Code>'
        f"<Message>{escape(message)}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()
    return reply(
        status, body, [("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id), *headers]
    )


class Sns(Server):
    """Takes what is right, unless `faults` holds steps to answer with instead (None: as usual)."""

    def __init__(self, certificate, credentials=CREDENTIALS, topic_arn=TOPIC_ARN):
        super().__init__(certificate.server_context() if certificate else None)
        self.scheme = "https" if certificate else "http"
        self.credentials = credentials
        self.topic_arn = topic_arn
        self.max_bytes = MESSAGE_MAX_BYTES
        self.answer_head = [
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 29\r\n\r\n"
        ]  # a HEAD's reply has no body
        self.faults = collections.deque()
        self.published = []  # what a subscriber would have got
        self.attempts = []  # every Publish that was in order, also those answered with a fault
        self.refusals = []

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def posts(self):
        return [request for request in self.requests if request.method == "POST"]

    def answer(self, request):
        if request.method == "HEAD":
            return self.answer_head
        try:
            publish = self._read(request)
        except Refused as refusal:
            self.refusals.append(refusal.args)
            return refused(*refusal.args)
        self.attempts.append(publish)
        fault = self.faults.popleft() if self.faults else None
        if fault is not None:
            return fault
        self.published.append(publish)
        return accepted()

    def _read(self, request):
        sigv4.verify(request, self.credentials, self.topic_arn.split(":")[3], "sns")
        form = _read_form(request)
        if (form.get("Action"), form.get("Version")) != ("Publish", "2010-03-31"):
            raise Refused(400, "InvalidAction", f"Could not find operation {form.get('Action')}")
        if form.get("TopicArn") != self.topic_arn:
            raise Refused(404, "NotFound", "Topic does not exist")
        _check_fifo(form)
        if "Subject" in form:
            _check_subject(form["Subject"])
        attributes = _read_attributes(form)
        message = form.get("Message", "")
        if _count(message, attributes) > self.max_bytes:
            raise Refused(400, "InvalidParameter", "Invalid parameter: Message too long")
        fifo = {name: form[name] for name in FIFO_NAMES & set(form)}
        by_protocol, text, delivered = {}, message, {name: value for name, _, value in attributes}
        if "MessageStructure" in form:
            by_protocol, text, delivered = _read_message(form["MessageStructure"], message), "", {}
        elif not message:
            raise Refused(400, "InvalidParameter", "Invalid parameter: Empty message")
        subject = form.get("Subject", "")
        return Publish(subject, by_protocol, text, delivered, message, fifo, request)


def _read_form(request):
    """The form, strictly: our one encoding, each name known and there once, all of it UTF-8."""
    if request.target != "/" or request.header("Content-Type") != CONTENT_TYPE:
        raise Refused(400, "MalformedInput", f"{request.target} {request.header('Content-Type')}")
    form = {}
    for pair in request.body.split(b"&"):
        name, _, value = pair.partition(b"=")
        if not _is_known(name.decode()) or name.decode() in form or not FORM_VALUE.fullmatch(value):
            raise Refused(
                400, "MalformedQueryString", f"{name!r} is unknown, repeated or wrongly encoded"
            )
        if b"%20" in value:
            raise Refused(400, "MalformedQueryString", "a space must be sent as +")
        try:
            form[name.decode()] = unquote_to_bytes(value.replace(b"+", b" ")).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(400, "InvalidParameter", f"{name!r} is not UTF-8") from None
    return form


def _is_known(name):
    return name in FORM_NAMES | FIFO_NAMES or ATTRIBUTE_PART.fullmatch(name)


def _check_fifo(form):
    """A FIFO topic needs both ids; to a standard topic we send neither."""
    ids = {name: value for name, value in form.items() if name in FIFO_NAMES}
    wanted = FIFO_NAMES if form["TopicArn"].endswith(".fifo") else set()
    if set(ids) != wanted or not all(FIFO_VALUE.fullmatch(value) for value in ids.values()):
        raise Refused(400, "InvalidParameter", f"Invalid parameter: {ids}")


def _check_subject(subject):
    """SNS takes no controls and fewer than 100 characters; we promise ASCII besides."""
    if not 1 <= len(subject) <= 99 or not all(" " <= character <= "~" for character in subject):
        raise Refused(400, "InvalidParameter", "Invalid parameter: Subject")
    if subject != subject.strip():
        raise Refused(400, "InvalidParameter", "Invalid parameter: Subject has spaces at its ends")


def _read_attributes(form):
    """The attributes as (name, type, value): numbered from 1 without a gap, each complete."""
    entries = {}
    for key, value in form.items():
        part = ATTRIBUTE_PART.fullmatch(key)
        if part:
            entries.setdefault(int(part[1]), {})[part[2]] = value
    wrong = Refused(400, "InvalidParameterValue", f"Message attributes are wrong: {entries}")
    if sorted(entries) != list(range(1, len(entries) + 1)) or len(entries) > ATTRIBUTES_MAX:
        raise wrong
    attributes = []
    for entry in entries.values():
        if set(entry) != ATTRIBUTE_PARTS or not all(entry.values()):
            raise wrong
        if not ATTRIBUTE_NAME.fullmatch(entry["Name"]) or entry["Value.DataType"] != "String":
            raise wrong
        attributes.append((entry["Name"], entry["Value.DataType"], entry["Value.StringValue"]))
    if len({name for name, _, _ in attributes}) != len(attributes):
        raise wrong
    return attributes


def _read_message(structure, text):
    """MessageStructure=json: an object of strings without a doubled key, with `default`."""
    if structure != "json":
        raise Refused(400, "InvalidParameter", "Invalid parameter: Message Structure")
    broken = Refused(
        400,
        "InvalidParameter",
        "Invalid parameter: Message Structure - JSON message body failed to parse",
    )

    def members(pairs):
        if len(dict(pairs)) != len(pairs):
            raise broken
        return dict(pairs)

    try:
        message = json.loads(text, object_pairs_hook=members)
        json.dumps(message, ensure_ascii=False).encode()  # fails for a lone surrogate
    except ValueError:
        raise broken from None
    if not isinstance(message, dict) or not all(
        isinstance(value, str) for value in message.values()
    ):
        raise broken
    if not message.get("default"):
        raise Refused(
            400,
            "InvalidParameter",
            "Invalid parameter: Message Structure - No default entry in JSON message body",
        )
    return message
