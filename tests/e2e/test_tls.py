"""A server that cannot prove to be SNS gets nothing, not even a request to look at."""

import pytest

from harness import events
from harness.certificates import Authority
from harness.processes import wait_until
from harness.sns import Sns

pytestmark = pytest.mark.asan
EVENT = events.read("enable-region-iam-user")


def other_authority(authority, folder):
    return Authority(folder, "other-ca").issue("sns")


def other_host(authority, folder):
    return authority.issue("other-host", names=["sns.us-east-1.amazonaws.com", "localhost"])


def expired(authority, folder):
    return authority.issue("expired", days=(-2, -1))


def not_yet_valid(authority, folder):
    return authority.issue("future", days=(1, 2))


def assert_untrusted(function, impostor):
    """An error of its own type, a function that goes on, a server that got not one byte of HTTP.

    (libcurl checks the host name after the handshake, so the handshake itself need not fail.)
    """
    assert function.invoke(EVENT).error_type == "Function.PublishUntrusted"
    assert function.answer(events.read("disable-region"))["matched"] == 0
    function.terminate()
    assert function.wait() == 0
    wait_until(lambda: impostor.idle, what="the end of the connections")
    assert impostor.connections > 0
    assert impostor.received_bytes == 0


@pytest.mark.parametrize("wrong", [other_authority, other_host, expired, not_yet_valid])
def test_impostor(start, authority, tmp_path, wrong):
    with Sns(wrong(authority, tmp_path)) as impostor:
        assert_untrusted(start(AWS_ENDPOINT_URL_SNS=impostor.url), impostor)


def test_own_authority_is_not_trusted_unless_named(start, sns):
    """Without AWS_CA_BUNDLE there are the Amazon roots and the system's bundle, and no more."""
    assert_untrusted(start(AWS_CA_BUNDLE=None), sns)


def test_bundle_without_a_certificate(start, sns, tmp_path):
    """Trust that cannot be read is no trust: nothing else takes its place."""
    bundle = tmp_path / "empty.pem"
    bundle.write_text("no certificate")
    assert_untrusted(start(AWS_CA_BUNDLE=str(bundle)), sns)
