"""The text message: one part of GSM 03.38, whatever the event holds."""

import pytest

import facts
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
    told = facts.of(renderer.EVENTS[stem])
    sms = renderer.render("sms", renderer.EVENTS[stem])
    is_notice = facts.is_notice(renderer.EVENTS[stem])
    assert sms.startswith(f"{told.outcome} ")
    assert told.account in sms and f" {told.time[11:16]}Z #" in sms
    assert (told.event_id[:8] in sms) != told.is_test
    assert ("nothing happened" in sms) == told.is_test
    assert told.is_test or (told.region or "") in sms
    assert ("Sigma" in sms) != is_notice
    by_actor_and_authors = 1 if told.is_test or is_notice else 2
    assert sms.count(" by ") == by_actor_and_authors
