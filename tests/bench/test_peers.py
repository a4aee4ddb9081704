"""Each peer of the benchmark does the job, as strictly checked as ours, and fails where it must."""

import json
import pathlib
import subprocess
from urllib.parse import parse_qsl

import pytest

from harness import events, sigv4
from harness.certificates import Authority
from harness.function import ROOT, environment
from harness.processes import Process
from harness.runtime_api import RuntimeApi, event_reply
from harness.sns import TOPIC_ARN, Publish, Sns, refused

SYSTEM_BUNDLE = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
MISSING = ROOT / "tests/bench/peers/missing.sh"
MATCHING = "enable-region-assumed-role-sso"

class LenientSns(Sns):
    """Takes any encoding of the form: each SDK has one of its own."""

    def _read(self, request):
        sigv4.verify(request, self.credentials, self.topic_arn.split(":")[3], "sns")
        form = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        assert (form["Action"], form["TopicArn"]) == ("Publish", TOPIC_ARN)
        assert form["MessageStructure"] == "json"
        message = json.loads(form["Message"])
        return Publish(form["Subject"], message, "", {}, form["Message"], {}, request)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), "test-ca")


@pytest.fixture(scope="session")
def trusted(authority):
    """As in the benchmark: the system's certificates, and that of our servers."""
    bundle = authority.folder / "bundle.pem"
    bundle.write_bytes(SYSTEM_BUNDLE.read_bytes() + authority.bundle.read_bytes())
    return bundle


@pytest.fixture
def sns(authority):
    with LenientSns(authority.issue("sns")) as sns:
        yield sns
        assert sns.refusals == []


@pytest.fixture(params=["rust", "rust-prewarmed", "rust-default", "go", "python"])
def bootstrap(request):
    reason = subprocess.run([MISSING, request.param], capture_output=True, text=True, check=True)
    if reason.stdout:
        pytest.skip(reason.stdout.strip())
    return ROOT / "build/peers" / request.param / "bootstrap"


@pytest.fixture
def invoke(bootstrap, sns, trusted, tmp_path):
    """Starts the peer, hands it one event, and returns what it posts."""
    with RuntimeApi() as api:

        def invoke(event, bundle=trusted):
            env = environment(
                sns.url,
                bundle,
                SSL_CERT_FILE=str(bundle),
                AWS_LAMBDA_RUNTIME_API=api.address,
                AWS_LAMBDA_FUNCTION_NAME="enable-region-alert",
                AWS_LAMBDA_FUNCTION_VERSION="$LATEST",
                AWS_LAMBDA_FUNCTION_MEMORY_SIZE="128",
            )
            process = Process([bootstrap], env, tmp_path, "peer")
            try:
                api.offer(event_reply(event))
                return api.outcomes.get(timeout=30)
            finally:
                process.stop()

        yield invoke


def test_matching_event_is_published_once(invoke, sns):
    outcome = invoke(events.read(MATCHING))
    assert outcome.answer["matched"] == 1
    assert outcome.answer["messageId"]
    (publish,) = sns.published
    assert publish.subject == "AWS EnableRegion in account 111122223333"
    assert set(publish.message) == {"default", "email", "email-json", "https", "sms"}
    event = events.load(MATCHING)
    finding = json.loads(publish.message["default"])
    assert json.loads(finding["raw_data"]) == event
    actor = finding["evidences"][0]["data"]["actor"]
    assert actor["arn"] == event["detail"]["userIdentity"]["arn"]
    assert json.loads(publish.message["https"])["id"] == event["detail"]["eventID"]
    for text in (publish.message["email"], publish.message["sms"]):
        assert event["detail"]["eventID"] in text
    assert not any("{{" in text for text in publish.message.values())


def test_event_with_almost_nothing_is_published(invoke, sns):
    event = b'{"detail":{"eventName":"EnableRegion","eventSource":"account.amazonaws.com"}}'
    assert invoke(event).answer["matched"] == 1
    assert "WHO      unknown\n" in sns.published[0].message["email"]


@pytest.mark.parametrize("name", ["disable-region", "wrong-event-source"])
def test_other_event_is_not_published(invoke, sns, name):
    assert invoke(events.read(name)).answer == {"matched": 0}
    assert sns.attempts == []


def test_event_that_is_not_json_is_an_error(invoke, sns):
    assert invoke(b"{").verb == "error"
    assert sns.attempts == []


def test_error_of_sns_is_an_error(invoke, sns):
    sns.faults.append(refused(403, "AuthorizationError", "not authorized to perform SNS:Publish"))
    outcome = invoke(events.read(MATCHING))
    assert outcome.verb == "error"
    assert "AuthorizationError" in outcome.error_message
    assert len(sns.attempts) == 1


def test_certificate_of_a_stranger_is_an_error(invoke, sns):
    outcome = invoke(events.read(MATCHING), bundle=SYSTEM_BUNDLE)
    assert outcome.verb == "error"
    assert "certificate" in outcome.error_message.lower()
    assert sns.requests == []
