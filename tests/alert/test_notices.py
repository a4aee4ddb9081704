"""AWS's own notices of a Region's status: alerts that no rule and no actor is named in."""

import copy
import json
import re

import pytest

import facts
import hostile
import mail
import renderer

# What a notice does to the finding about the Region, as OCSF numbers it.
UPDATE, CLOSE = 2, 3
ACTIVITIES = {"ENABLING": UPDATE, "ENABLED": UPDATE, "DISABLING": UPDATE, "DISABLED": CLOSE}
NAMES = {UPDATE: "Update", CLOSE: "Close"}
OTHER = 99
WORDS = {
    "ENABLING": "is being enabled",
    "ENABLED": "is now enabled",
    "DISABLING": "is being disabled",
    "DISABLED": "is now disabled",
}


def notice(path, value):
    event = copy.deepcopy(hostile.NOTICE)
    hostile.put(event, path, value)
    return json.dumps(event).encode()


def alert(form, status):
    return renderer.render(form, notice("detail.status", status))


@pytest.mark.parametrize("status", ACTIVITIES)
def test_finding(status):
    finding = json.loads(alert("ocsf", status))
    activity = ACTIVITIES[status]
    assert finding["activity_id"] == activity
    assert finding["activity_name"] == NAMES[activity]
    assert finding["type_uid"] == finding["class_uid"] * 100 + activity
    assert finding["type_name"] == f"Detection Finding: {NAMES[activity]}"
    analytic = finding["finding_info"]["analytic"]
    assert (analytic["type_id"], analytic["type"]) == (OTHER, "Other")
    assert analytic["uid"] == facts.NOTICE_RULE not in facts.RULES
    assert finding["finding_info"]["desc"].startswith("A notice of AWS, put into words by ")
    assert "actor" not in finding["evidences"][0]["data"]
    assert finding["unmapped"]["outcome"] == status


def test_other_findings_are_created():
    for stem in renderer.EVENTS:
        event = renderer.EVENTS[stem]
        if not facts.is_notice(event):
            finding = json.loads(renderer.render("ocsf", event))
            analytic = finding["finding_info"]["analytic"]
            assert (finding["activity_id"], analytic["type_id"]) == (1, 1)
            assert finding["finding_info"]["desc"].startswith("Sigma rule by ")


@pytest.mark.parametrize("status", ACTIVITIES)
def test_no_rule_of_sigma_is_named(status):
    """But to say that there is none."""
    none = "no Sigma rule but a notice of AWS"
    card = alert("chat", status)
    assert card.count(none) == 1
    texts = [alert(form, status) for form in ("email", "ocsf", "sms")]
    assert [text for text in [card.replace(none, ""), *texts] if "sigma" in text.lower()] == []
    assert f"\nRULE     none: a notice of AWS ({facts.NOTICE_RULE})\n" in texts[0]


@pytest.mark.parametrize("status", ACTIVITIES)
def test_no_actor_is_named(status):
    email = alert("email", status)
    (who,) = [line for line in mail.body(email) if line.startswith("WHO ")]
    assert who == "WHO      this notice does not tell: see the first step"
    call = "DisableRegion" if status.startswith("DISABL") else "EnableRegion"
    first, *_ = mail.steps(email)
    assert first.words == "Find who asked for it, in account 111122223333:"
    assert first.command().endswith(f"AttributeKey=EventName,AttributeValue={call}")
    assert " by " not in mail.subject(email)
    card = json.loads(alert("chat", status))["content"]
    labels = re.findall(r"^\*([A-Za-z]+)\*", card["description"], re.MULTILINE)
    assert labels == ["What", "Account", "When", "Rule", "Event"]


def test_statuses_have_their_words():
    for status, words in WORDS.items():
        head = mail.body(alert("email", status))[0]
        assert head.startswith(f"{status:11}Asia Pacific (Hong Kong) ap-east-1 {words} in ")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        *[("detail.status", status) for status in ("", "enabled", "ENABLED ", "FAILED", None, 1)],
        ("detail.status", {"status": "ENABLED"}),
        ("source", "aws.accounts"),
        ("source", facts.TEST_SOURCE),
        ("source", None),
        ("detail-type", "AWS API Call via CloudTrail"),
        ("detail-type", None),
    ],
)
def test_what_is_no_notice(path, value):
    done = renderer.run("email", notice(path, value))
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_notice_without_its_envelope():
    done = renderer.run("email", json.dumps(hostile.NOTICE["detail"]).encode())
    assert (done.returncode, done.stdout) == (2, b"")
