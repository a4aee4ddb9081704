"""The card of Amazon Q: its schema, no markup but ours, and the advice of the e-mail."""

import html
import json
import re

import jsonschema
import pytest

import facts
import hostile
import mail
import renderer

TEXT = {"type": "string", "minLength": 1}
LINE = {"type": "string", "pattern": r"^[^\n]+$"}
LINES = {"type": "array", "items": LINE}


def members(known, required):
    return {
        "type": "object",
        "properties": known,
        "required": required,
        "additionalProperties": False,
    }


# Amazon Q Developer in chat applications, "Custom notifications". What it does not know it drops,
# silently, with the whole message.
CARD = members(
    {
        "version": {"const": "1.0"},
        "source": {"const": "custom"},
        "id": LINE,
        "content": members(
            {
                "textType": {"const": "client-markdown"},
                "title": LINE,
                "description": TEXT,
                "nextSteps": LINES,
                "keywords": LINES,
            },
            ["description"],
        ),
        "metadata": members(
            {
                "threadId": LINE,
                "summary": LINE,
                "eventType": LINE,
                "relatedResources": LINES,
                "additionalContext": {"type": "object", "additionalProperties": LINE},
            },
            [],
        ),
    },
    ["version", "source", "content"],
)

CODE = re.compile(r"`[^`\n]+`")
COMMAND = re.compile(r"`([^`\n]+)`$")  # of a step
LABEL = re.compile(r"^\*[A-Za-z ]+\*", re.MULTILINE)
REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}"
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
RECORD = re.compile(
    rf"\*Record\* https://({REGION})\.console\.aws\.amazon\.com/cloudtrailv2/home"
    rf"\?region=\1#/events/{UUID}"
)
MORE = "*More* is in the finding and in the e-mail."
DESCRIPTION_MAX = 2900  # bytes, before the line that tells of more
VALUE_MAX = 128  # bytes of a code span
LONGER = {"Identity": 256, "Where": 256, "Error": 512}
BARE = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")
MARKUP = re.compile(r"[*_~`\n]|://|\]\(|(^|\s)@")


LONG_TEXTS = [
    text.replace("`", "'") for text in hostile.VALUES.values() if len(str(text)) >= 500
]


def is_start(shown, text):
    return len(shown) > VALUE_MAX / 8 and text.startswith(shown)


def card_of(event):
    text = renderer.render("chat", event, account_names=hostile.ACCOUNT_NAMES)
    assert text.count("\n") == 1
    return json.loads(text)


def texts(value):
    """Every text of a JSON value."""
    if isinstance(value, str):
        return [value]
    return [text for child in getattr(value, "values", value.__iter__)() for text in texts(child)]


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_card(event):
    card = card_of(event)
    jsonschema.Draft202012Validator(CARD).validate(card)
    assert [text for text in texts(card) if BARE.search(text)] == []
    content = card["content"]
    lines = content["description"].splitlines()
    for text in (*lines, *content["nextSteps"]):
        if RECORD.fullmatch(text):
            continue
        ours = CODE.sub("", LABEL.sub("", text) if text in lines else text)
        assert not MARKUP.search(ours), text
    plain = [content["title"], *content["keywords"], *texts(card["metadata"])]
    assert [text for text in plain if MARKUP.search(text)] == []


def labels_of(event):
    """The labels that its description has if it is not too long."""
    record = facts.record(event)
    if facts.is_notice(event):
        return ["What", "Account", "When", "Rule", "Event"]
    is_test = json.loads(event).get("source") == facts.TEST_SOURCE
    labels = ["Test"] if is_test else []
    labels += ["Who", "What", "Account", "When", "Rule", "Event", "Record", "Identity"]
    labels += ["Error"] if record.get("errorCode") is not None else []
    return [*labels, "Where"]


def link_of(event):
    """The line with the address of the record; "" if the event does not say where it is."""
    event = json.loads(event)
    record = event.get("detail", event)
    region, event_id = str(record.get("awsRegion")), str(record.get("eventID"))
    if not (re.fullmatch(REGION, region) and re.fullmatch(UUID, event_id)):
        return ""
    if event.get("source") == facts.TEST_SOURCE:
        return ""
    console = f"https://{region}.console.aws.amazon.com/cloudtrailv2/home?region={region}"
    return f"*Record* {console}#/events/{event_id}"


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_description(event):
    """What matters comes first and stays, whatever the caller says."""
    description = card_of(event)["content"]["description"]
    lines = description.splitlines()
    shown = description.removesuffix("\n" + MORE)
    assert len(shown.encode()) <= DESCRIPTION_MAX
    link = link_of(event)
    assert [line for line in lines if line.startswith("*Record*")] == [link] * bool(link)
    wanted = labels_of(event)
    if not link and "Record" in wanted:
        wanted.remove("Record")
    labels = [LABEL.match(line)[0].strip("*") for line in shown.splitlines()]
    always = wanted.index("Event") + 1
    assert labels[:always] == wanted[:always]
    if shown != description:
        assert labels == wanted[: len(labels)] and labels != wanted
    else:
        assert labels[: len(wanted)] == wanted and set(labels[len(wanted) :]) <= {"Field"}
    card = card_of(event)["metadata"]["additionalContext"]
    (rule,) = [line for line in lines if line.startswith("*Rule* ")]
    assert f"`{card['ruleId']}`, by `{card['ruleAuthor']}`, licence `" in rule


def test_description_ends_at_its_limit():
    """One byte more, and the last line goes as a whole."""
    event = json.loads(hostile.EVENTS["all: 500 characters"])
    hostile.put(event, "detail.errorCode", "W")
    sizes = []
    for count in range(1, 200):
        hostile.put(event, "detail.errorMessage", "W" * count)
        description = card_of(json.dumps(event).encode())["content"]["description"]
        if MORE in description:
            break
        sizes.append(len(description.encode()))
    assert sizes[-1] == DESCRIPTION_MAX and "*Where*" not in description


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_what_is_cut_says_so(event):
    """A value has so many bytes on its line, escapes and all, and ends on a whole character."""
    for line in card_of(event)["content"]["description"].splitlines():
        bytes_max = LONGER.get(LABEL.match(line)[0].strip("*"), VALUE_MAX)
        for span in CODE.findall(line):
            assert len(span.encode()) <= bytes_max
            value = html.unescape(span.strip("`"))
            shown = value.removesuffix("...")
            for text in LONG_TEXTS:
                assert value == text or not is_start(shown, text) or value != shown


@pytest.mark.parametrize("kind", hostile.VALUES)
def test_only_an_account_is_the_target(kind):
    card = card_of(hostile.EVENTS[f"detail.requestParameters.AccountId: {kind}"])
    recipient = hostile.BASE["detail"]["recipientAccountId"]
    region = hostile.BASE["detail"]["requestParameters"]["RegionName"]
    assert card["metadata"]["threadId"] == f"{recipient}/{region}"


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_steps_are_those_of_the_email(event):
    card = card_of(event)
    email = renderer.render("email", event, account_names=hostile.ACCOUNT_NAMES)
    commands = [COMMAND.findall(step) for step in card["content"]["nextSteps"]]
    assert commands == [[step.command()] if step.paste else [] for step in mail.steps(email)]


@pytest.mark.parametrize("stem", renderer.EVENTS)
def test_ids(stem):
    event = renderer.EVENTS[stem]
    told = facts.of(event)
    card = card_of(event)
    is_of_region = told.enables or facts.is_notice(event)
    region = (told.region or "unknown") if is_of_region else told.logged
    assert card["metadata"]["threadId"] == f"{told.account}/{region}"
    assert card["metadata"]["relatedResources"] == [f"arn:aws:account::{told.account}:account"]
    assert card["metadata"]["eventType"] == told.name
    assert card["content"]["keywords"][0::2] == [told.name, told.outcome]
    assert card["id"] == told.event_id
    context = card["metadata"]["additionalContext"]
    assert context.keys() == {"ruleId", "ruleAuthor", "alertId"}
    nil = "00000000-0000-0000-0000-000000000000"  # for Lambda's request id, which the tool has not
    own = nil if told.is_test else told.event_id
    assert context["alertId"] == f"{context['ruleId']}:{own}"


@pytest.mark.parametrize("event", hostile.EVENTS.values(), ids=hostile.EVENTS)
def test_thread_is_made_of_checked_parts(event):
    thread = card_of(event)["metadata"]["threadId"]
    assert re.fullmatch(rf"(\d{{12}}|unknown)/({REGION}|unknown)", thread)
