"""What is published in each format: texts, attributes, account names, sizes, the mark of a test."""

import json

import pytest
from py_ocsf_models.events.findings.detection_finding import DetectionFinding

from harness import events
from harness.function import AUTHORS, RULE_ID
from harness.rules import SECOND_ID

asan = pytest.mark.asan
EVENT = events.read("enable-region-iam-user")
ACROSS = events.read("enable-region-cross-account-admin")  # by 111122223333 in 444455556666
SAMPLES = sorted(path.stem for path in events.FOLDER.glob("enable-region-*"))
TEXT_FORMS = ("email", "ocsf", "chat")
SPARSE = {
    "nothing else": json.dumps(
        {"eventSource": "account.amazonaws.com", "eventName": "EnableRegion"}
    ).encode(),
    "all null": events.vary(
        **dict.fromkeys(set(events.load()["detail"]) - {"eventName", "eventSource"})
    ),
}


def publish(function, sns, event, **headers):
    """The one publish that the event leads to."""
    before = len(sns.published)
    assert len(function.answer(event, **headers)["alerts"]) == 1
    (publish,) = sns.published[before:]
    return publish


# --- one text for each protocol, or one for all ---


@asan
@pytest.mark.parametrize("value", [None, "", "structured"])
def test_structured_is_the_default(start, sns, value):
    """No attribute is sent: AWS would not deliver it."""
    structured = publish(start(ALERT_FORMAT=value), sns, EVENT)
    assert set(structured.message) == {"default", "email", "email-json", "https", "sms"}
    assert b"MessageAttributes" not in structured.request.body


@asan
def test_email_for_every_protocol(start, sns):
    text = publish(start(ALERT_FORMAT="email"), sns, EVENT)
    assert text.message == {}
    assert text.text.startswith("SUCCEEDED  ")
    assert f"ALERT    {RULE_ID}:{events.event_id(EVENT)}\n" in text.text
    assert text.subject.startswith("SUCCEEDED [medium]: ")


@asan
def test_finding_for_every_protocol(start, sns):
    text = publish(start(ALERT_FORMAT="ocsf"), sns, EVENT)
    assert text.message == {}
    assert text.finding["class_uid"] == 2004
    assert text.finding["message"] == text.subject
    assert text.finding["raw_data"].encode() == EVENT


@asan
def test_card_for_every_protocol(start, sns):
    text = publish(start(ALERT_FORMAT="chat"), sns, EVENT)
    assert text.message == {}
    assert (text.card["source"], text.card["id"]) == ("custom", events.event_id(EVENT))
    assert text.subject.startswith("SUCCEEDED [medium]: ")


ATTRIBUTES = {  # outcome, account, region; None: left out
    "enable-region-iam-user": ("SUCCEEDED", "111122223333", "af-south-1"),
    "enable-region-cross-account-admin": ("SUCCEEDED", "444455556666", "eu-south-2"),
    "enable-region-access-denied": ("DENIED", "111122223333", None),
    "enable-region-conflict": ("FAILED", "111122223333", "af-south-1"),
    "enable-region-lower-camel-case": ("SUCCEEDED", "444455556666", "il-central-1"),
}


def attributes(outcome, account, region, rule_id=RULE_ID, level="medium", test="false"):
    values = {
        "ruleId": rule_id,
        "level": level,
        "outcome": outcome,
        "account": account,
        "region": region,
        "test": test,
    }
    return {name: value for name, value in values.items() if value is not None}


@asan
@pytest.mark.parametrize("form", TEXT_FORMS)
def test_attributes(start, sns, form):
    function = start(ALERT_FORMAT=form)
    for name, expected in ATTRIBUTES.items():
        assert publish(function, sns, events.read(name)).attributes == attributes(*expected)


@asan
def test_attributes_of_another_rule(start, three_rules, sns):
    """Where no Region is to be enabled, the Region is the one of the call."""
    function = start(ALERT_FORMAT="ocsf", LAMBDA_TASK_ROOT=str(three_rules))
    other = publish(function, sns, events.read("disable-region"))
    wanted = attributes("SUCCEEDED", "111122223333", "us-east-1", SECOND_ID, "high")
    assert other.attributes == wanted


@asan
@pytest.mark.parametrize("event", SPARSE.values(), ids=SPARSE)
def test_attributes_that_are_not_known_are_left_out(start, sns, event):
    """The envelope's account counts where there is one; an empty value SNS would refuse."""
    sparse = publish(start(ALERT_FORMAT="chat"), sns, event)
    account = "111122223333" if b'"account"' in event else None
    assert sparse.attributes == attributes("SUCCEEDED", account, None)


# --- schemas ---


def unknown_members(ours, schema, path=""):
    """The paths of what stands in the value and not in what the schema's classes have read."""
    if isinstance(ours, list):
        pairs = [(path + "[]", one, other) for one, other in zip(ours, schema, strict=True)]
    elif isinstance(ours, dict):
        pairs = [(f"{path}.{key}", value, schema.get(key)) for key, value in ours.items()]
    else:
        return [path] if schema is None else []
    return [
        found for path, one, other in pairs for found in unknown_members(one, other or {}, path)
    ]


@pytest.mark.parametrize("name", [*SAMPLES, *SPARSE])
def test_finding_is_of_the_ocsf_schema(function, sns, name):
    """It validates, and no member of it is an invention of ours."""
    event = SPARSE[name] if name in SPARSE else events.read(name)
    finding = publish(function, sns, event).finding
    read = DetectionFinding.model_validate(finding).model_dump(mode="json")
    assert unknown_members(finding, read) == []
    assert AUTHORS in finding["unmapped"]["rule_author"]


@asan
@pytest.mark.parametrize("name", [*SAMPLES, *SPARSE])
def test_card_is_of_the_amazon_q_schema(function, sns, name):
    """What is not of the schema Amazon Q drops without a word."""
    event = SPARSE[name] if name in SPARSE else events.read(name)
    card = publish(function, sns, event).card
    content, metadata = card["content"], card["metadata"]
    assert set(card) - {"id"} == {"version", "source", "content", "metadata"}
    assert (card["version"], card["source"]) == ("1.0", "custom")
    assert set(content) == {"textType", "title", "description", "nextSteps", "keywords"}
    assert content["textType"] == "client-markdown" and content["title"] and content["description"]
    members = {"threadId", "summary", "eventType", "relatedResources", "additionalContext"}
    assert set(metadata) == members
    lists = (content["nextSteps"], content["keywords"], metadata["relatedResources"])
    assert all(isinstance(text, str) for texts in lists for text in texts)
    assert all(isinstance(text, str) for text in metadata["additionalContext"].values())
    assert metadata["additionalContext"]["ruleId"] == RULE_ID
    assert metadata["additionalContext"]["ruleAuthor"] == AUTHORS
    if name in SAMPLES:
        assert card["id"] == events.event_id(event)


@asan
def test_messages_of_one_region_are_one_thread(function, sns):
    cards = [publish(function, sns, events.anew(event)).card for event in (EVENT, EVENT, ACROSS)]
    threads = [card["metadata"]["threadId"] for card in cards]
    assert threads == ["111122223333/af-south-1"] * 2 + ["444455556666/eu-south-2"]


@asan
@pytest.mark.parametrize("name", [*SAMPLES, *SPARSE])
def test_text_message_is_one_message(function, sns, name):
    """140 characters, all of which the GSM alphabet has."""
    event = SPARSE[name] if name in SPARSE else events.read(name)
    sms = publish(function, sns, event).sms
    assert len(sms) <= 140 and sms.isascii() and not set("[]{}|^~\\`\n") & set(sms)
    assert sms.split()[1] == "medium:" and AUTHORS in sms


# --- names of accounts ---


@asan
def test_account_names(start, sns):
    """Wherever a number stands for people, its name stands beside it."""
    function = start(ALERT_ACCOUNT_NAMES="111122223333=Payer, 444455556666=Log archive")
    across = publish(function, sns, ACROSS)
    assert " in 444455556666 (Log archive) by " in across.subject
    email = " ".join(across.email.split())  # without the line breaks
    assert "ACCOUNT 444455556666 (Log archive), called from another account: " in email
    assert "called from another account: 111122223333 (Payer) NEXT" in email
    assert across.finding["cloud"]["account"]["name"] == "Log archive"
    assert across.finding["cloud"]["account"]["uid"] == "444455556666"
    assert across.finding["message"] == across.subject
    assert "444455556666 (Log archive)" in across.card["content"]["title"]
    assert "`444455556666 (Log archive)`" in across.card["content"]["description"]
    assert "`111122223333 (Payer)`" in across.card["content"]["description"]


@asan
def test_account_without_a_name(start, sns):
    other = publish(start(ALERT_ACCOUNT_NAMES="444455556666=Log archive"), sns, EVENT)
    assert " in 111122223333 by " in other.subject
    assert other.finding["cloud"]["account"]["name"] == "111122223333"
    assert "Log archive" not in other.raw_message


@asan
@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ("111122223333=prod", "prod"),
        ("  111122223333=prod  ", "prod"),
        ("444455556666=log,111122223333=prod", "prod"),
        ("444455556666=log , 111122223333=prod ", "prod"),
        ("111122223333=caf\u00e9", "caf\u00e9"),
        ("111122223333=" + "x" * 64, "x" * 64),
    ],
)
def test_account_name_as_it_is_written(start, sns, names, shown):
    named = publish(start(ALERT_ACCOUNT_NAMES=names), sns, EVENT)
    assert named.finding["cloud"]["account"]["name"] == shown


@asan
def test_account_name_is_no_markup(start, sns):
    """The operator's text is as little trusted as the caller's."""
    card = publish(start(ALERT_ACCOUNT_NAMES="111122223333=*R&D* <prod>"), sns, EVENT).card
    for text in (card["content"]["title"], card["content"]["description"]):
        assert "R&amp;D" in text and "&lt;prod&gt;" in text and "<" not in text
    assert "*" not in card["content"]["title"]


# --- the mark of a test ---

TEST = json.dumps(events.load() | {"source": "enable-region-alert"}).encode()


@asan
def test_test_event_says_so_everywhere(function, sns):
    test = publish(function, sns, TEST)
    assert test.subject.startswith("TEST [medium]: ")
    assert test.email.startswith("TEST  ") and "SUCCEEDED" not in test.email
    assert test.card["content"]["title"].startswith("TEST [medium]: ")
    assert test.sms.startswith("TEST medium: ")
    assert test.finding["message"] == test.subject
    assert test.finding["unmapped"]["test"] is True
    assert test.finding["evidences"][0]["data"]["outcome"] == "TEST"


@asan
@pytest.mark.parametrize("form", TEXT_FORMS)
def test_test_event_has_the_attribute(start, sns, form):
    test = publish(start(ALERT_FORMAT=form), sns, TEST)
    assert test.attributes == attributes("TEST", "111122223333", "af-south-1", test="true")


@asan
@pytest.mark.parametrize(
    "event",
    [
        events.vary(source="enable-region-alert"),
        json.dumps(events.load()["detail"] | {"source": "enable-region-alert"}).encode(),
        json.dumps(events.load() | {"source": "Enable-Region-Alert"}).encode(),
        json.dumps(events.load() | {"source": "enable-region-alert2"}).encode(),
        json.dumps(events.load() | {"Source": "enable-region-alert"}).encode(),
        json.dumps(events.load() | {"source": "enable-region-alert\0"}).encode(),
    ],
    ids=["detail", "bare record", "other case", "longer", "other key", "NUL"],
)
def test_only_the_source_of_the_envelope_makes_a_test(function, sns, event):
    """Whoever is recorded must not be able to make a real alert look like a test."""
    real = publish(function, sns, event)
    assert real.subject.startswith("SUCCEEDED [medium]: ")
    assert real.finding["unmapped"]["test"] is False


# --- sizes ---

SIZES = (2_000, 300_000, 900_000)
LEAST = 32768  # of what can be configured
LIMITS = (str(LEAST), None, "1048576")


@asan
@pytest.mark.parametrize("form", ["structured", *TEXT_FORMS])
@pytest.mark.parametrize("limit", LIMITS)
def test_message_keeps_the_limit(start, sns, form, limit):
    """The raw event goes first, and that is said; the alert itself comes whatever its size."""
    sns.max_bytes = int(limit or 262144)
    function = start(ALERT_FORMAT=form, ALERT_MAX_BYTES=limit)
    for size in SIZES:
        event = events.anew(events.sized(size))
        one = publish(function, sns, event)
        assert one.size <= sns.max_bytes
        if form in ("structured", "ocsf"):
            fits = size + 13_000 < sns.max_bytes
            assert ("raw_data" in one.finding) == fits
            assert one.finding["unmapped"].get("truncated", False) is not fits
            assert not fits or one.finding["raw_data"].encode() == event


def test_event_that_just_fits_and_one_that_does_not(function, sns):
    """Around the limit the raw event is left out rather than the alert."""
    finds = [
        publish(function, sns, events.anew(events.sized(size))).finding
        for size in (100_000, 240_000, 250_000, 252_000, 254_000, 256_000, 262_144, 270_000)
    ]
    whole = ["raw_data" in finding for finding in finds]
    assert whole == sorted(whole, reverse=True) and whole[0] and not whole[-1]
    assert whole == ["truncated" not in finding["unmapped"] for finding in finds]


@asan
@pytest.mark.parametrize("form", ["structured", "ocsf"])
def test_raw_event_goes_before_any_text_is_cut(start, sns, form):
    agent = "x" * 500
    event = events.vary(userAgent=agent, additionalEventData="y" * 300_000)
    finding = publish(start(ALERT_FORMAT=form), sns, event).finding
    assert "raw_data" not in finding and finding["unmapped"]["truncated"] is True
    assert finding["evidences"][0]["data"]["source"]["user_agent"] == agent


LONG = {
    "ASCII": "A" * 100_000,
    "two bytes": "\u00e9" * 100_000,
    "four bytes": "\U0001f600" * 20_000,
    "escaped": '"\\' * 50_000,
}


@asan
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
@pytest.mark.parametrize("form", ["structured", *TEXT_FORMS])
def test_long_values_are_cut(start, sns, form, text):
    """The least that can be configured is enough for any event, and every cut shows."""
    sns.max_bytes = LEAST
    function = start(ALERT_FORMAT=form, ALERT_MAX_BYTES=str(LEAST))
    hostile = dict.fromkeys(("userAgent", "errorMessage", "errorCode", "sourceIPAddress"), text)
    identity = dict.fromkeys(("arn", "principalId", "userName", "invokedBy", "accessKeyId"), text)
    event = events.vary(userIdentity={"type": text} | identity, requestID=text, **hostile)
    one = publish(function, sns, event)
    assert one.size <= LEAST
    assert "..." in one.raw_message
    assert "\ufffd" not in one.raw_message


@asan
def test_room_for_attributes_is_kept(start, sns):
    """A message that would fill the limit alone is cut so that its attributes fit as well."""
    sns.max_bytes = LEAST
    function = start(ALERT_FORMAT="ocsf", ALERT_MAX_BYTES=str(LEAST))
    sizes = [
        publish(function, sns, events.anew(events.sized(size))).size
        for size in range(24_000, 32_000, 50)
    ]
    assert max(sizes) > LEAST - 100  # so close that the attributes would not have fitted
