"""From the real Runtime Interface Emulator to the subscribers of moto, IAM authentication on."""

import dataclasses
import json

import pytest

from harness import events
from harness.emulator import Emulator
from harness.function import AUTHORS, RULE_ID, environment

EVENT = events.read("enable-region-assumed-role-sso")


@pytest.fixture(scope="module")
def emulate(cloud, authority, tmp_path_factory):
    """Sends events to a new function with these credentials, else with the publisher's."""

    def emulate(*sent, credentials=None, topic_arn=None, **more):
        env = environment(
            cloud.url,
            authority.bundle,
            credentials or cloud.publisher,
            topic_arn or cloud.topic_arn,
            **more,
        )
        with Emulator(env, tmp_path_factory.mktemp("emulator")) as emulator:
            return [emulator.invoke(event) for event in sent]

    return emulate


@pytest.fixture(scope="module")
def emulator(cloud, authority, tmp_path_factory):
    """One function for many events, as Lambda keeps it."""
    env = environment(cloud.url, authority.bundle, cloud.publisher, cloud.topic_arn)
    with Emulator(env, tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator


@dataclasses.dataclass(frozen=True)
class Delivery:
    """What the subscribers got of one publish: texts by protocol."""

    subject: str
    texts: dict

    @property
    def email(self):
        return self.texts["email"]

    @property
    def finding(self):
        return json.loads(self.texts["sqs"])


def take_delivery(cloud, message_id):
    """The one publish of this message id, after a look that every subscriber got it once."""
    texts = {}
    subjects = set()
    for protocol, subscriber in cloud.subscribers.items():
        (envelope,) = [one for one in subscriber.take() if one["MessageId"] == message_id]
        assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", cloud.topic_arn)
        subjects.add(envelope["Subject"])
        texts[protocol] = envelope["Message"]
    for protocol in ("email", "email-json", "sms"):
        subject, texts[protocol] = cloud.sent(protocol)[message_id]
        subjects.add(subject)
    (subject,) = subjects
    return Delivery(subject, texts)


def assert_nothing_delivered(cloud):
    for subscriber in cloud.subscribers.values():
        assert subscriber.take(timeout=0.1) == []


def test_signed_with_a_session_token_is_accepted(emulate, cloud):
    (answer,) = emulate(EVENT)
    (alert,) = answer["alerts"]
    assert answer == {"matched": 1, "alerts": [alert], "suppressed": []}
    assert (alert["ruleId"], alert["eventId"]) == (RULE_ID, events.event_id(EVENT))
    delivery = take_delivery(cloud, alert["messageId"])
    assert delivery.finding["metadata"]["uid"] == f"{RULE_ID}:{events.event_id(EVENT)}"
    assert delivery.finding["message"] == delivery.subject
    assert AUTHORS in delivery.email and AUTHORS in json.dumps(delivery.finding)


def test_each_protocol_gets_its_own_text(emulate, cloud):
    ((alert,),) = [answer["alerts"] for answer in emulate(EVENT)]
    texts = take_delivery(cloud, alert["messageId"]).texts
    assert json.loads(texts["sqs"])["class_uid"] == 2004
    assert texts["http"] == texts["sqs"]
    assert json.loads(texts["https"])["content"]["textType"] == "client-markdown"
    assert texts["email"].startswith("SUCCEEDED  ") and texts["email-json"] == texts["email"]
    assert texts["sms"].startswith("SUCCEEDED medium: ") and "\n" not in texts["sms"]
    assert len(set(texts.values())) == 4


def one_character_off(text):
    return text[:-1] + ("A" if text[-1] != "A" else "B")


@pytest.mark.parametrize(
    ("part", "code"),
    [
        ("secret", "SignatureDoesNotMatch"),
        ("token", "InvalidClientTokenId"),
        ("key_id", "InvalidClientTokenId"),
    ],
)
def test_one_wrong_character_is_refused(emulate, cloud, part, code):
    wrong = dataclasses.replace(
        cloud.publisher, **{part: one_character_off(getattr(cloud.publisher, part))}
    )
    (error,) = emulate(EVENT, credentials=wrong)
    assert error["errorType"] == "Function.PublishDenied"
    assert code in error["errorMessage"]
    assert_nothing_delivered(cloud)


def test_role_that_may_not_publish(emulate, cloud):
    (error,) = emulate(EVENT, credentials=cloud.bystander)
    assert error["errorType"] == "Function.PublishDenied"
    assert "AccessDenied" in error["errorMessage"] and "sns:Publish" in error["errorMessage"]
    assert_nothing_delivered(cloud)


@dataclasses.dataclass(frozen=True)
class Expected:
    """What the alert of a sample event must say."""

    outcome: str
    region: str
    account: str
    actor: str
    words: tuple = ()


SAMPLES = {
    "enable-region-iam-user": Expected(
        "SUCCEEDED", "af-south-1", "111122223333", "bob", ("203.0.113.7", "IAMUser")
    ),
    "enable-region-root": Expected(
        "SUCCEEDED",
        "me-south-1",
        "111122223333",
        "ROOT USER",
        ("2001:db8:85a3::8a2e:370:7334", "Root"),
    ),
    "enable-region-assumed-role-sso": Expected(
        "SUCCEEDED",
        "ap-east-1",
        "111122223333",
        "alice@example.com",
        ("AWSReservedSSO_AdministratorAccess", "MFA yes"),
    ),
    "enable-region-cross-account-admin": Expected(
        "SUCCEEDED", "eu-south-2", "444455556666", "carol", ("111122223333", "OrganizationAdmin")
    ),
    "enable-region-access-denied": Expected(
        "DENIED",
        None,
        "111122223333",
        "i-0123456789abcdef0",
        ("AccessDenied", "service control policy", "not recorded"),
    ),
    "enable-region-conflict": Expected(
        "FAILED", "af-south-1", "111122223333", "bob", ("ConflictException", "DISABLING")
    ),
    "enable-region-lower-camel-case": Expected("SUCCEEDED", "il-central-1", "444455556666", "dave"),
    "enable-region-federated": Expected(
        "SUCCEEDED", "ca-west-1", "111122223333", "erin", ("203.0.113.99", "FederatedUser")
    ),
    "enable-region-aws-service": Expected(
        "SUCCEEDED", "ap-southeast-7", "111122223333", "controltower.amazonaws.com", ("AWSService",)
    ),
    "enable-region-aws-account": Expected(
        "SUCCEEDED",
        "eu-central-2",
        "111122223333",
        "AROAI3EXAMPLEADMINROL:carol",
        ("AWSAccount", "another account: 444455556666"),
    ),
    "enable-region-identity-center": Expected(
        "SUCCEEDED",
        "ap-southeast-3",
        "111122223333",
        "544894e8-80c1-707f-60e3",
        (
            "IdentityCenterUser",
            "544894e8-80c1-707f-60e3-3ba6510dfac1",
            "identitystore/d-9067642ac7",
        ),
    ),
    "enable-region-unknown": Expected(
        "SUCCEEDED",
        "mx-central-1",
        "111122223333",
        "AIDAI0UNKNOWNEXAMPLE1",
        ("Unknown", "AWS Internal"),
    ),
    "enable-region-test": Expected("TEST", None, "111122223333", "bob", ("Nothing",)),
}
NOTICES = {"region-status-enabling": "ENABLING", "region-status-enabled": "ENABLED"}
NO_MATCH = {"disable-region", "wrong-event-source"}
NOT_JSON = {"malformed"}


def test_every_sample_is_expected():
    expected = set(SAMPLES) | set(NOTICES) | NO_MATCH | NOT_JSON
    assert {path.stem for path in events.FOLDER.glob("*")} == expected


@pytest.mark.parametrize("name", SAMPLES)
def test_sample_that_matches(emulator, cloud, name):
    expected = SAMPLES[name]
    (alert,) = emulator.invoke(events.read(name))["alerts"]
    delivery = take_delivery(cloud, alert["messageId"])
    assert delivery.subject.startswith(f"{expected.outcome} [medium]: ")
    assert delivery.email.startswith(expected.outcome)
    for text in (delivery.subject, delivery.email.split("\n\n")[0]):
        assert expected.account in text and (expected.region is None or expected.region in text)
    assert expected.actor.split("@")[0][:16] in delivery.subject
    for word in (expected.actor, *expected.words, AUTHORS, events.event_id(events.read(name))):
        assert word in delivery.email
    assert delivery.finding["cloud"]["account"]["uid"] == expected.account


@pytest.mark.parametrize(("name", "status"), NOTICES.items())
def test_notice_of_a_status(emulator, cloud, name, status):
    """An alert of its own, which no rule matched."""
    answer = emulator.invoke(events.read(name))
    (alert,) = answer["alerts"]
    assert answer == {"matched": 0, "alerts": [alert], "suppressed": []}
    delivery = take_delivery(cloud, alert["messageId"])
    assert delivery.subject == f"{status} [medium]: AWS Region ap-east-1 in 111122223333"
    assert delivery.email.startswith(f"{status} ") and "Sigma" not in delivery.email
    assert delivery.finding["evidences"][0]["data"]["outcome"] == status


@pytest.mark.parametrize("name", sorted(NO_MATCH))
def test_sample_that_does_not_match(emulator, cloud, name):
    assert emulator.invoke(events.read(name)) == {"matched": 0, "alerts": [], "suppressed": []}
    assert_nothing_delivered(cloud)


@pytest.mark.parametrize("name", sorted(NOT_JSON))
def test_sample_that_is_not_json(emulator, cloud, name):
    error = emulator.invoke(events.read(name))
    assert error["errorType"] == "Function.EventNotJson"
    assert error["stackTrace"] == []
    assert_nothing_delivered(cloud)


def test_bare_record(emulator, cloud):
    record = json.dumps(json.loads(events.anew(EVENT))["detail"]).encode()
    (alert,) = emulator.invoke(record)["alerts"]
    assert take_delivery(cloud, alert["messageId"]).subject.startswith("SUCCEEDED")


# --- one text for every protocol, with attributes to filter by ---

STARTS = {"email": "SUCCEEDED  ", "ocsf": '{"category_uid":2,', "chat": '{"version":"1.0",'}


@pytest.mark.parametrize("form", STARTS)
def test_attributes_can_be_filtered(emulate, cloud, form):
    """Each queue gets what its filter policy wants of three alerts, with all attributes."""
    topic_arn = cloud.create_topic(f"alerts-{form}")
    policies = {
        "all": {},
        "denied": {"outcome": ["DENIED"]},
        "member": {"account": ["444455556666"]},
        "tests": {"test": ["true"]},
    }
    queues = {
        name: cloud.subscribe_queue(topic_arn, f"{form}-{name}", **policy)
        for name, policy in policies.items()
    }
    accepted = events.read("enable-region-iam-user")
    denied = events.read("enable-region-access-denied")
    elsewhere = events.read("enable-region-cross-account-admin")
    answers = emulate(accepted, denied, elsewhere, topic_arn=topic_arn, ALERT_FORMAT=form)
    ids = [alert["messageId"] for answer in answers for alert in answer["alerts"]]
    envelopes = queues["all"].take()
    assert [envelope["MessageId"] for envelope in envelopes] == ids and len(ids) == 3
    assert envelopes[0]["Message"].startswith(STARTS[form])
    attributes = {
        name: attribute["Value"] for name, attribute in envelopes[0]["MessageAttributes"].items()
    }
    assert attributes == {
        "ruleId": RULE_ID,
        "level": "medium",
        "outcome": "SUCCEEDED",
        "account": "111122223333",
        "region": "af-south-1",
        "test": "false",
    }
    assert [envelope["MessageId"] for envelope in queues["denied"].take()] == [ids[1]]
    assert [envelope["MessageId"] for envelope in queues["member"].take()] == [ids[2]]
    assert queues["tests"].take(timeout=0.1) == []


def test_configuration_error_reaches_the_caller(cloud, authority, tmp_path):
    env = environment(cloud.url, authority.bundle, cloud.publisher, topic_arn="no-arn")
    with Emulator(env, tmp_path) as emulator:
        error = emulator.invoke(EVENT)
    assert error["errorType"] == "Function.ConfigInvalid"
    assert "ALERT_TOPIC_ARN" in error["errorMessage"]
