"""The text message: one part of GSM 03.38, whatever the event holds."""

import pytest

import hostile
import renderer

GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_TWICE = set("\f^{}\\[~]|€")  # an escape and a character
SMS_MAX = 140


def gsm_length(text):
    assert set(text) <= GSM | GSM_TWICE
    return sum(2 if character in GSM_TWICE else 1 for character in text)


@pytest.mark.parametrize("names", [renderer.ACCOUNT_NAMES, hostile.ACCOUNT_NAMES])
@pytest.mark.parametrize("event", hostile.ALL.values(), ids=hostile.ALL)
def test_fits(event, names):
    sms, end, rest = renderer.render("sms", event, account_names=names).partition("\n")
    assert (end, rest) == ("\n", "")
    assert gsm_length(sms) <= SMS_MAX


@pytest.mark.parametrize("stem", renderer.EVENTS)
def test_says_what_matters(stem):
    event = renderer.EVENTS[stem]
    record = renderer.record(event)
    sms = renderer.render("sms", event)
    region = renderer.region(record) or ""
    for word in (region, record["recipientAccountId"], record["eventID"][:8]):
        assert word in sms
    assert sms.count(" by ") == 2  # the actor, and the rule's authors
