"""The card of Amazon Q: its schema, no markup but ours, and the advice of the e-mail."""

import json
import re

import jsonschema
import pytest

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
BARE = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")
MARKUP = re.compile(r"[*_~`\n]|://|\]\(|(^|\s)@")


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
        ours = CODE.sub("", LABEL.sub("", text) if text in lines else text)
        assert not MARKUP.search(ours), text
    plain = [content["title"], *content["keywords"], *texts(card["metadata"])]
    assert [text for text in plain if MARKUP.search(text)] == []


@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_steps_are_those_of_the_email(event):
    card = card_of(event)
    email = renderer.render("email", event, account_names=hostile.ACCOUNT_NAMES)
    commands = [COMMAND.findall(step) for step in card["content"]["nextSteps"]]
    assert commands == [[step.command()] if step.paste else [] for step in mail.steps(email)]


@pytest.mark.parametrize("stem", renderer.EVENTS)
def test_ids(stem):
    event = renderer.EVENTS[stem]
    record = renderer.record(event)
    card = card_of(event)
    account = record["recipientAccountId"]
    enables = record["eventName"] == "EnableRegion"
    region = (renderer.region(record) or "unknown") if enables else record["awsRegion"]
    assert card["metadata"]["threadId"] == f"{account}/{region}"
    assert card["metadata"]["relatedResources"] == [f"arn:aws:account::{account}:account"]
    assert card["id"] == record["eventID"]
    context = card["metadata"]["additionalContext"]
    assert context.keys() == {"ruleId", "ruleAuthor", "alertId"}
    assert context["alertId"] == f"{context['ruleId']}:{record['eventID']}"


@pytest.mark.parametrize("event", hostile.EVENTS.values(), ids=hostile.EVENTS)
def test_thread_is_made_of_checked_parts(event):
    thread = card_of(event)["metadata"]["threadId"]
    assert re.fullmatch(r"(\d{12}|unknown)/([a-z]+(-[a-z0-9]+)+-\d|unknown)", thread)
