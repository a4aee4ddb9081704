"""The scripted SNS itself: it takes what AWS's own SDK signs, and refuses each single change to it.

The other tests are worth what this one proves.
"""

import datetime
import http.client
import ssl

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from harness import sigv4
from harness.sns import CONTENT_TYPE, CREDENTIALS, TOPIC_ARN

FORM = {
    "Action": "Publish",
    "Version": "2010-03-31",
    "TopicArn": TOPIC_ARN.replace(":", "%3A"),
    "Subject": "Two+words",
    "MessageStructure": "json",
    "Message": "%7B%22default%22%3A%22text%22%7D",
}


def encode(form):
    return "&".join(f"{name}={value}" for name, value in form.items()).encode()


def signed_headers(sns, body, credentials=CREDENTIALS, region="us-east-1", service="sns"):
    """The headers of a Publish as botocore signs it."""
    request = AWSRequest("POST", sns.url + "/", {"Content-Type": CONTENT_TYPE}, body)
    keys = Credentials(credentials.key_id, credentials.secret, credentials.token)
    SigV4Auth(keys, service, region).add_auth(request)
    return dict(request.headers.items())


def send(sns, authority, body, headers):
    """Sends it and returns the status and the body."""
    context = ssl.create_default_context(cafile=str(authority.bundle))
    connection = http.client.HTTPSConnection("127.0.0.1", sns.port, context=context, timeout=10)
    try:
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_takes_what_the_sdk_signs(sns, authority):
    body = encode(FORM)
    status, text = send(sns, authority, body, signed_headers(sns, body))
    assert (status, "<MessageId>" in text) == (200, True), text
    (publish,) = sns.published
    assert (publish.subject, publish.message) == ("Two words", {"default": "text"})


def test_takes_a_body_in_chunks(sns, authority):
    body = encode(FORM)
    chunks = iter([body[:9], body[9:]])
    assert send(sns, authority, chunks, signed_headers(sns, body))[0] == 200


def attribute(number, name="outcome", kind="String", value="DENIED"):
    entry = f"MessageAttributes.entry.{number}"
    return {
        f"{entry}.Name": name,
        f"{entry}.Value.DataType": kind,
        f"{entry}.Value.StringValue": value,
    }


TEXT_FORM = {name: value for name, value in FORM.items() if name != "MessageStructure"}


def test_takes_a_text_with_attributes(sns, authority):
    body = encode(TEXT_FORM | attribute(1) | attribute(2, "a.b-c_9", value="two+words"))
    status, text = send(sns, authority, body, signed_headers(sns, body))
    assert status == 200, text
    (publish,) = sns.published
    assert (publish.text, publish.message) == ('{"default":"text"}', {})
    assert publish.attributes == {"outcome": "DENIED", "a.b-c_9": "two words"}


def test_structure_drops_attributes(sns, authority):
    """As AWS does: who filters by them would never get the message."""
    body = encode(FORM | attribute(1))
    send(sns, authority, body, signed_headers(sns, body))
    assert [publish.attributes for publish in sns.published] == [{}]


@pytest.mark.parametrize("room", [0, 1])
def test_size_counts_attributes(sns, authority, room):
    """Names, types and values, in bytes of UTF-8."""
    body = encode(TEXT_FORM | {"Message": "caf%C3%A9"} | attribute(1))
    sns.max_bytes = len("caf\u00e9".encode()) + len("outcome" + "String" + "DENIED") - 1 + room
    answer = send(sns, authority, body, signed_headers(sns, body))
    if room:
        assert answer[0] == 200 and sns.published[0].size == sns.max_bytes
    else:
        assert_refused(sns, answer, "InvalidParameter")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": CREDENTIALS.secret[:-1] + "y"}, "SignatureDoesNotMatch"),
        ({"token": CREDENTIALS.token[:-1]}, "InvalidClientTokenId"),
        ({"token": None}, "InvalidClientTokenId"),
        ({"key_id": "ASIAI44QH8DHBEXAMPLE"}, "InvalidClientTokenId"),
    ],
)
def test_refuses_other_credentials(sns, authority, change, code):
    body = encode(FORM)
    fields = {
        "key_id": CREDENTIALS.key_id,
        "secret": CREDENTIALS.secret,
        "token": CREDENTIALS.token,
    }
    headers = signed_headers(sns, body, type(CREDENTIALS)(**(fields | change)))
    assert_refused(sns, send(sns, authority, body, headers), code)


@pytest.mark.parametrize("place", [{"region": "eu-west-1"}, {"service": "sqs"}])
def test_refuses_another_scope(sns, authority, place):
    body = encode(FORM)
    assert_refused(
        sns, send(sns, authority, body, signed_headers(sns, body, **place)), "SignatureDoesNotMatch"
    )


def test_refuses_a_changed_body(sns, authority):
    body = encode(FORM)
    headers = signed_headers(sns, body)
    assert_refused(
        sns, send(sns, authority, body.replace(b"text", b"tex7"), headers), "SignatureDoesNotMatch"
    )


def test_refuses_a_changed_header(sns, authority):
    body = encode(FORM)
    headers = signed_headers(sns, body) | {"Content-Type": "text/plain"}
    assert_refused(sns, send(sns, authority, body, headers), "SignatureDoesNotMatch")


def test_refuses_an_unsigned_request(sns, authority):
    headers = {"Content-Type": CONTENT_TYPE}
    assert_refused(sns, send(sns, authority, encode(FORM), headers), "MissingAuthenticationToken")


@pytest.mark.parametrize("minutes", [-16, 16])
def test_refuses_an_old_or_future_signature(sns, authority, monkeypatch, minutes):
    body = encode(FORM)
    headers = signed_headers(sns, body)
    now = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
    monkeypatch.setattr(sigv4, "_now", lambda: now)
    assert_refused(sns, send(sns, authority, body, headers), "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Action": "Subscribe"}, "InvalidAction"),
        ({"Version": "2010-03-30"}, "InvalidAction"),
        ({"TopicArn": "arn%3Aaws%3Asns%3Aus-east-1%3A111122223333%3Aother"}, "NotFound"),
        ({"Subject": "a%20space"}, "MalformedQueryString"),
        ({"Subject": "lower%c3%a9"}, "MalformedQueryString"),
        ({"Subject": "un encoded"}, "MalformedQueryString"),
        ({"Unknown": "name"}, "MalformedQueryString"),
        ({"Subject": ""}, "InvalidParameter"),
        ({"Subject": "x" * 100}, "InvalidParameter"),
        ({"Subject": "two%0Alines"}, "InvalidParameter"),
        ({"Subject": "caf%C3%A9"}, "InvalidParameter"),
        ({"Subject": "+leading"}, "InvalidParameter"),
        ({"Message": "%FF"}, "InvalidParameter"),
        ({"Message": "not+json"}, "InvalidParameter"),
        ({"Message": "%7B%22email%22%3A%22text%22%7D"}, "InvalidParameter"),
        ({"Message": "%7B%22default%22%3A1%7D"}, "InvalidParameter"),
        ({"Message": "%7B%22default%22%3A%22%5Cud800%22%7D"}, "InvalidParameter"),
        (
            {"Message": "%7B%22default%22%3A%22a%22%2C%22default%22%3A%22b%22%7D"},
            "InvalidParameter",
        ),
        ({"Message": "%7B%22default%22%3A%22" + "x" * 262144 + "%22%7D"}, "InvalidParameter"),
        ({"MessageStructure": "xml"}, "InvalidParameter"),
        ({"MessageGroupId": "x", "MessageDeduplicationId": "y"}, "InvalidParameter"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_refuses_a_wrong_form(sns, authority, change, code):
    body = encode(FORM | change)
    assert_refused(sns, send(sns, authority, body, signed_headers(sns, body)), code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Message": ""}, "InvalidParameter"),
        (attribute(0), "MalformedQueryString"),
        (attribute(2), "InvalidParameterValue"),
        (attribute(1) | attribute(3, "level"), "InvalidParameterValue"),
        (attribute(1) | attribute(2), "InvalidParameterValue"),
        (attribute(1, ""), "InvalidParameterValue"),
        (attribute(1, "a+b"), "InvalidParameterValue"),
        (attribute(1, ".a"), "InvalidParameterValue"),
        (attribute(1, "a."), "InvalidParameterValue"),
        (attribute(1, "a..b"), "InvalidParameterValue"),
        (attribute(1, "a" * 257), "InvalidParameterValue"),
        (attribute(1, value=""), "InvalidParameterValue"),
        (attribute(1, kind="Text"), "InvalidParameterValue"),
        ({"MessageAttributes.entry.1.Name": "outcome"}, "InvalidParameterValue"),
        ({"MessageAttributes.entry.1.Value.BinaryValue": "AA"}, "MalformedQueryString"),
        (
            {k: v for n in range(1, 12) for k, v in attribute(n, f"a{n}").items()},
            "InvalidParameterValue",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_refuses_wrong_attributes(sns, authority, change, code):
    body = encode(TEXT_FORM | change)
    assert_refused(sns, send(sns, authority, body, signed_headers(sns, body)), code)


def assert_refused(sns, answer, code):
    status, text = answer
    assert status >= 400 and f"<Code>{code}</Code>" in text, text
    assert [refusal[1] for refusal in sns.refusals] == [code]
    assert sns.published == []
    sns.refusals.clear()
