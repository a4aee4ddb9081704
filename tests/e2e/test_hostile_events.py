"""Events as an attacker would shape them: none may hide an alert, forge one, or break us."""

import json
import re
import unicodedata

import pytest

from harness import events
from harness.events import substitute, vary
from harness.function import RULE_ID

pytestmark = pytest.mark.asan

SMS_TEXT = re.compile(r"[A-Za-z0-9 @$_!\"#%&'()*+,./:;<=>?-]{1,140}")  # one character each in GSM 7
CHAT_LINK = re.compile(r"[<>]|&(?!(amp|lt|gt);)")
OUR_WORDS = re.compile(r"[A-Za-z0-9 ,.?:()*\n-]*")
RECORD_LINK = re.compile(
    r"\n\*Record\* https://us-east-1[.]console[.]aws[.]amazon[.]com/cloudtrailv2/home"
    r"[?]region=us-east-1#/events/[0-9a-f-]{36}\n"
)

NAME = b'"EnableRegion"'
AGENT = json.dumps(events.load()["detail"]["userAgent"]).encode()
RECORD = json.dumps(
    events.load()["detail"]
).encode()  # bare, as the console's test or a replay sends it


MATCHES = {
    "lower case name": substitute(NAME, b'"enableregion"'),
    "upper case name": substitute(NAME, b'"ENABLEREGION"'),
    "odd case source": vary(eventSource="ACCOUNT.amazonaws.COM"),
    "escaped name": substitute(NAME, b'"\\u0045nable\\u0052egion"'),
    "escaped key": substitute(b'"eventName"', b'"event\\u004eame"'),
    "bare record": RECORD,
    "white space around": b"\r\n\t " + RECORD + b" \n",
    "name in an array": vary(eventName=["DisableRegion", "EnableRegion"]),  # any element counts
    "doubled name, the first matches": substitute(NAME, NAME + b', "eventName": "Other"'),
    "other case of the key beside it": substitute(
        b'"eventName"', b'"EventName": "Other", "eventName"'
    ),
    "NUL in the user agent": substitute(AGENT, b'"before\\u0000after"'),
    "raw NUL in the user agent": substitute(AGENT, b'"before\0after"'),
    "lone high surrogate": substitute(AGENT, b'"\\ud800"'),
    "lone low surrogate": substitute(AGENT, b'"\\udc00 x"'),
    "surrogates in the wrong order": substitute(AGENT, b'"\\udc00\\ud800"'),
    "surrogate before another escape": substitute(AGENT, b'"\\ud83d\\n"'),
    "surrogate at the end of an escape": substitute(AGENT, b'"\\\\\\ud800\\\\"'),
    "a pair of surrogates": substitute(AGENT, b'"\\ud83d\\ude00"'),
    "an escaped backslash before u0000": substitute(AGENT, b'"\\\\u0000"'),
    "bad UTF-8": substitute(AGENT, b'"\xff\xfe\x80 caf\xe9"'),
    "overlong UTF-8": substitute(AGENT, b'"\xc0\xaf\xe0\x80\xaf"'),
    "surrogate in UTF-8": substitute(AGENT, b'"\xed\xa0\x80"'),
    "beyond Unicode": substitute(AGENT, b'"\xf4\x90\x80\x80"'),
    "cut UTF-8": substitute(AGENT, b'"\xf0\x9f\x98"'),
    "raw control characters": substitute(AGENT, b'"a\tb\x01\x1b[31m\x7f"'),
    "escaped control characters": vary(userAgent="\r\nSubject: forged\r\n\r\n\x1b[2J\x00\x9b31m"),
    "separators and bidi": vary(userAgent="\u2028\u2029\u202ereversed\u2066\ufeff"),
    "long user agent": vary(userAgent="\u00e9" * 200_000),
    "null user agent": vary(userAgent=None),
    "user agent of another type": vary(userAgent={"a": [1, 2, {"b": None}]}),
    "no identity": vary(userIdentity=None),
    "identity of another type": vary(userIdentity="root"),
    "identity that is empty": vary(userIdentity={}),
    "unknown identity": vary(
        userIdentity={"type": "IdentityCenterUser", "onBehalfOf": {"userId": "x"}}
    ),
    "numbers for texts": vary(
        eventID=1, requestID=2.5, eventTime=3, awsRegion=4, sourceIPAddress=5, recipientAccountId=6
    ),
    "everything null": vary(
        **{key: None for key in events.load()["detail"] if key not in ("eventName", "eventSource")}
    ),
    "nothing else": json.dumps(
        {"eventSource": "account.amazonaws.com", "eventName": "EnableRegion"}
    ).encode(),
    "huge number": substitute(b'"readOnly": false', b'"readOnly": 1e999'),
    "many digits": substitute(b'"readOnly": false', b'"readOnly": ' + b"9" * 5000),
    "deep": substitute(b'"readOnly": false', b'"readOnly": ' + b"[" * 900 + b"]" * 900),
    "other detail-type": json.dumps(
        events.load() | {"detail-type": "Amazon API Call via CloudTrail"}
    ).encode(),
    "no envelope fields": json.dumps({"detail": events.load()["detail"]}).encode(),
}

NO_MATCHES = {
    "NUL after the name": substitute(NAME, b'"EnableRegion\\u0000x"'),
    "NUL at the end": substitute(NAME, b'"EnableRegion\\u0000"'),
    "raw NUL after the name": substitute(NAME, b'"EnableRegion\0"'),
    "NUL after the key": substitute(b'"eventName"', b'"eventName\\u0000"'),
    "NUL in the source": vary(eventSource="account.amazonaws.com\0.evil"),
    "prefix": vary(eventName="EnableRegio"),
    "suffix": vary(eventName="EnableRegions"),
    "space": vary(eventName="EnableRegion "),
    "empty": vary(eventName=""),
    "null": vary(eventName=None),
    "number": vary(eventName=0),
    "object": vary(eventName={"EnableRegion": "EnableRegion"}),
    "empty array": vary(eventName=[]),
    "long s in between": vary(eventName="Enable\u017fRegion"),
    "long s for an s": vary(eventSource="account.amazonaw\u017f.com"),
    "dotless i": vary(eventName="EnableReg\u0131on"),
    "small capital": vary(eventName="Enable\u0280egion"),
    "wildcards": vary(eventName="Enable*"),
    "null source": vary(eventSource=None),
    "other source": vary(eventSource="account.amazonaws.com.cn"),
    "key in another case": substitute(b'"eventName"', b'"eventname"'),
    "source key in another case": substitute(b'"eventSource"', b'"EventSource"'),
    "doubled name, the second matches": substitute(NAME, b'"DisableRegion", "eventName": ' + NAME),
    "nested decoy": vary(eventName="Other", requestParameters={"eventName": "EnableRegion"}),
    "in the envelope only": json.dumps(
        {"eventName": "EnableRegion", "eventSource": "account.amazonaws.com", "detail": {}}
    ).encode(),
}

NOT_JSON = {
    "empty": b"",
    "white space": b" \n\t",
    "word": b"EnableRegion",
    "bracket": b"{",
    "cut": RECORD[:-1],
    "cut in a string": RECORD[:100],
    "trailing brace": RECORD + b"}",
    "trailing word": RECORD + b" x",
    "trailing NUL": RECORD + b"\0",
    "two texts": RECORD + RECORD,
    "comma at the end": b'{"a":1,}',
    "single quotes": b"{'a':1}",
    "bad escape": b'{"a":"\\x41"}',
    "half an escape": b'{"a":"\\u00',
    "bytes": bytes(range(1, 256)),
    "nested too deep": b"[" * 100_000,
    "nested too deep and closed": b'{"detail":' + b"[" * 2000 + b"]" * 2000 + b"}",
}

NOT_A_RECORD = {
    "empty object": b"{}",
    "array": b"[]",
    "array of records": b"[" + RECORD + b"]",
    "number": b"1",
    "text": b'"EnableRegion"',
    "null": b"null",
    "true": b"true",
    "null detail": b'{"detail":null}',
    "text detail": b'{"detail":"EnableRegion"}',
    "array detail": b'{"detail":[]}',
    "bare record without a name": b'{"eventSource":"account.amazonaws.com"}',
    "bare record, keys in another case": RECORD.replace(b'"eventName"', b'"eventname"'),
    "bare record, source key in another case": RECORD.replace(b'"eventSource"', b'"EVENTSOURCE"'),
    "detail in another case": json.dumps({"Detail": events.load()["detail"]}).encode(),
    "log file": b'{"Records":[' + RECORD + b"]}",
}


@pytest.mark.parametrize("event", MATCHES.values(), ids=MATCHES)
def test_still_alerts(function, sns, event):
    """The strict SNS has checked encoding, sizes and subject. Here: is the text fit for eyes?"""
    assert function.answer(event)["matched"] == 1
    (publish,) = sns.published
    assert_fit_for_eyes(publish)
    assert publish.finding["class_uid"] == 2004
    assert publish.finding["metadata"]["uid"].startswith(f"{RULE_ID}:")


@pytest.mark.parametrize("event", NO_MATCHES.values(), ids=NO_MATCHES)
def test_no_match(function, sns, event):
    assert function.answer(event) == {"matched": 0, "alerts": [], "suppressed": []}
    assert sns.posts == []


@pytest.mark.parametrize("event", NOT_JSON.values(), ids=NOT_JSON)
def test_not_json(function, sns, event):
    assert function.invoke(event).error_type == "Function.EventNotJson"
    assert function.answer(events.read("disable-region"))["matched"] == 0
    assert sns.posts == []


@pytest.mark.parametrize("event", NOT_A_RECORD.values(), ids=NOT_A_RECORD)
def test_not_a_record(function, sns, event):
    assert function.invoke(event).error_type == "Function.EventNotRecord"
    assert function.answer(events.read("disable-region"))["matched"] == 0
    assert sns.posts == []


HOSTILE_TEXTS = {
    "line breaks": "x\r\nSUCCEEDED  forged line\u2028\u2029\x85",
    "terminal": "\x1b]0;owned\x07\x9b2J\x7f",
    "bidi": "\u202e\u2066abc\u2069\u200f\u061c",
    "markup": "<a href='https://evil.example'>click</a> <!channel> `rm` $(id) | ; & *b*",
    "backquote": "a` <!here> _b_ *c* ~d~",
    "surrogate": "\ud83d",
    "NUL": "a\0b",
    "long": "A" * 10_000,
    "long and wide": "\U0001f600" * 10_000,
    "form": "a+b&Action=Subscribe&Message=%7B%7D=",
    "JSON": '","default":"forged","x":"',
}
PLACES = {
    "user agent": lambda text: {"userAgent": text},
    "address": lambda text: {"sourceIPAddress": text},
    "error": lambda text: {"errorCode": text, "errorMessage": text},
    "Region": lambda text: {"requestParameters": {"RegionName": text, "AccountId": text}},
    "identity": lambda text: {
        "userIdentity": {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::111122223333:assumed-role/Admin/{text}",
            "accountId": text,
            "accessKeyId": text,
            "principalId": text,
            "sessionContext": {
                "sessionIssuer": {"userName": text, "arn": text},
                "attributes": {"mfaAuthenticated": text},
            },
        }
    },
    "ids": lambda text: {
        "eventID": text,
        "requestID": text,
        "sharedEventID": text,
        "eventTime": text,
        "awsRegion": text,
    },
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_hostile_value(function, sns, place, text):
    """Whatever the caller chose, wherever: an alert goes out, and its texts stay what they are."""
    assert function.answer(vary(**place(text)))["matched"] == 1
    (publish,) = sns.published
    assert_fit_for_eyes(publish)
    assert set(publish.message) == {"default", "email", "email-json", "https", "sms"}
    assert publish.finding["class_uid"] == 2004
    assert not any(line.startswith("SUCCEEDED  forged") for line in publish.email.splitlines())


@pytest.mark.parametrize("form", ["email", "ocsf", "chat"])
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_hostile_value_in_a_text_with_attributes(start, sns, form, place):
    """An attribute that SNS would refuse, or that nobody sent, would cost the alert."""
    function = start(ALERT_FORMAT=form)
    for text in HOSTILE_TEXTS.values():
        assert len(function.answer(vary(**place(text)))["alerts"]) == 1
        attributes = sns.published[-1].attributes
        known = {"ruleId", "level", "outcome", "account", "region", "test"}
        assert {"ruleId", "level", "outcome", "test"} <= set(attributes) <= known
        assert attributes["test"] == "false"
        for value in attributes.values():
            assert_plain(value)
    assert len(sns.published) == len(HOSTILE_TEXTS)


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_commands_to_paste_hold_no_hostile_value(function, sns, text):
    """A value stands in a command only if it looks as it must."""
    everywhere = PLACES["Region"](text) | PLACES["identity"](text) | PLACES["ids"](text)
    function.answer(vary(**everywhere))
    (publish,) = sns.published
    commands = "".join(
        line for line in publish.email.splitlines() if "aws " in line or "Attribute" in line
    )
    for word in ("forged", "owned", "evil", "$(", "`", "|", ";", "&", "AAAA", '"'):
        assert word not in commands


def test_hostile_event_leaves_nothing_behind(function, sns):
    """One after the other in one process: each is judged on its own."""
    for hostile in (
        NOT_JSON["bytes"],
        MATCHES["bad UTF-8"],
        NO_MATCHES["NUL after the name"],
        NOT_A_RECORD["null"],
    ):
        function.invoke(hostile)
        assert function.answer(events.anew(events.read("enable-region-root")))["matched"] == 1
        assert function.answer(events.read("disable-region"))["matched"] == 0
    assert len(sns.published) == 5


def assert_fit_for_eyes(publish):
    """Each text for people: no controls; and in the chat no mention, link or markup but ours."""
    assert_plain(publish.email)
    assert SMS_TEXT.fullmatch(publish.sms), publish.sms
    for text in strings(publish.card):
        assert_plain(text)
        assert not CHAT_LINK.search(text), text
    content = publish.card["content"]
    assert not set("*_~`\n") & set(content["title"])
    for text in (content["description"], *content["nextSteps"]):
        parts = RECORD_LINK.sub("\n", text).split("`")
        assert len(parts) % 2 == 1, text  # what a backquote opens another one closes
        for outside in parts[::2]:
            assert OUR_WORDS.fullmatch(outside), text


def strings(value):
    """Every string in the JSON value."""
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value
    return [text for member in members for text in strings(member)]


def assert_plain(text):
    """No controls but line breaks, no separators, nothing that turns the reading direction."""
    for character in text.replace("\n", ""):
        category = unicodedata.category(character)
        assert category not in ("Cc", "Zl", "Zp", "Cs"), repr(character)
        assert unicodedata.bidirectional(character) not in (
            "LRE",
            "RLE",
            "LRO",
            "RLO",
            "PDF",
            "LRI",
            "RLI",
            "FSI",
            "PDI",
        )
        assert character not in "\u200e\u200f\u061c\ufeff", repr(character)
