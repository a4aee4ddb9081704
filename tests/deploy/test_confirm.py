"""deploy/confirm-subscription.sh, against a scripted SNS: moto sends no mail and has no tokens."""

import pytest

from account import EMAIL
from scripted import Query, attributes, refused
from scripts import BASH, BUSYBOX

TOKEN = "2336412f37fb687f5d51e6e2425f004b"


@pytest.fixture
def topic(account):
    return account.output("TopicArn")


@pytest.fixture
def sns(topic):
    with Query(
        ConfirmSubscription=f"<SubscriptionArn>{topic}:1</SubscriptionArn>",
        GetSubscriptionAttributes=attributes(Endpoint=EMAIL, ConfirmationWasAuthenticated="true"),
    ) as sns:
        yield sns


def link(topic):
    host = "sns.us-east-1.amazonaws.com"
    return f"https://{host}/confirmation.html?TopicArn={topic}&Token={TOKEN}&Endpoint={EMAIL}"


@pytest.mark.parametrize("shell", [BUSYBOX, BASH], ids=" ".join)
def test_a_link(run, sns, topic, shell):
    done = run("confirm-subscription", link(topic), shell=shell, AWS_ENDPOINT_URL_SNS=sns.url)
    assert (done.status, done.err) == (0, "")
    confirmation, question = sns.calls
    assert (
        confirmation.items()
        >= {
            "Action": "ConfirmSubscription",
            "TopicArn": topic,
            "Token": TOKEN,
            "AuthenticateOnUnsubscribe": "true",
        }.items()
    )
    assert question["SubscriptionArn"] == f"{topic}:1"
    assert f"{EMAIL} is subscribed: {topic}:1" in done.out
    assert "Only this AWS account can end it" in done.out


def test_a_token(run, sns):
    done = run("confirm-subscription", TOKEN, AWS_ENDPOINT_URL_SNS=sns.url)
    assert (done.status, sns.calls[0]["Token"]) == (0, TOKEN)


def test_one_that_was_confirmed_by_the_link(run, sns, topic):
    sns.answers["GetSubscriptionAttributes"] = attributes(
        Endpoint=EMAIL, ConfirmationWasAuthenticated="false"
    )
    done = run("confirm-subscription", link(topic), AWS_ENDPOINT_URL_SNS=sns.url)
    assert done.status == 1
    assert "anyone who holds one of its mails can end it" in done.out


@pytest.mark.parametrize(
    ("of_topic", "said"),
    [
        (lambda topic: link(f"{topic}2"), "that link is not for "),
        (lambda topic: link(topic.replace(":1", ":2")), "that link is not for "),
        (lambda topic: link(topic).replace(TOKEN, ""), "there is no token in that link"),
        (lambda topic: f"{TOKEN} {TOKEN}", "there is no token in that link"),
        (lambda topic: EMAIL, "there is no token in that link"),
    ],
    ids=["another topic", "another account", "no token", "two words", "no link"],
)
def test_a_wrong_link_is_not_sent(run, sns, topic, of_topic, said):
    done = run("confirm-subscription", of_topic(topic), AWS_ENDPOINT_URL_SNS=sns.url)
    assert (done.status, sns.calls) == (2, [])
    assert said in done.err


def test_a_token_that_has_expired(run, sns):
    sns.answers["ConfirmSubscription"] = refused(400, "InvalidParameter", "Invalid token")
    done = run("confirm-subscription", TOKEN, AWS_ENDPOINT_URL_SNS=sns.url)
    assert done.status == 2
    assert "Invalid token" in done.err
