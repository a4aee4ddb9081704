"""A Lambda function that can do one thing wrong, for the tests of the server: candidate.py DEED.

botocore signs, so that the server's check is held against signatures by others.
"""

import datetime
import http.client
import json
import os
import sys
import urllib.parse

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

DEED = sys.argv[1]
PREFIX = "/2018-06-01/runtime/"
TOPIC = os.environ["ALERT_TOPIC_ARN"]


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", PREFIX + "invocation/next")
        event = api.getresponse()
        request_id = event.headers["Lambda-Runtime-Aws-Request-Id"]
        verb, answer = handle(event.read())
        path = f"{PREFIX}invocation/{request_id}/{verb}"
        for _ in range(2 if DEED == "answers twice" else 1):
            api.request("POST", path, iter([answer]) if DEED == "in chunks" else answer)
            api.getresponse().read()


def handle(event):
    """The verb of the Runtime API and the body to post."""
    match DEED:
        case "no alert":
            return "response", b'{"matched":1}'
        case "echo":
            return "response", event
        case "fails":
            return "error", b'{"errorMessage":"no luck"}'
        case "unknown verb":
            return "answer", b"{}"
        case "dies":
            sys.exit(3)
    event_id = json.loads(event)["detail"]["eventID"]
    for _ in range(2 if DEED == "alerts twice" else 1):
        status = publish(event_id)
    if DEED == "gives up" and status != 200:
        return "error", b'{"errorMessage":"gave up"}'
    return "response", b'{"matched": 0}' if DEED == "matched 0" else b'{"matched": 1}'


def publish(event_id):
    """The status of SNS's answer."""
    form = {
        "Action": "ListTopics" if DEED == "another action" else "Publish",
        "Version": "2010-03-31",
        "TopicArn": TOPIC + "-too" if DEED == "another topic" else TOPIC,
        "Message": "" if DEED == "no message" else "An alert of " + event_id,
    }
    if DEED == "another event":
        form["Message"] = "An alert without an id"
    endpoint = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_SNS"])
    headers, body = sign(endpoint, urllib.parse.urlencode(form))
    sns = http.client.HTTPConnection(endpoint.netloc)
    sns.request("POST", "/sns" if DEED == "another path" else "/", body, headers)
    answer = sns.getresponse()
    answer.read()
    return answer.status


def sign(endpoint, body):
    """The headers and the body to send."""
    url = endpoint.geturl() + "/"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Amz-Note": "a  b"}
    request = AWSRequest("POST", url, headers, body)
    region = "eu-west-1" if DEED == "another region" else "us-east-1"
    botocore.auth.SigV4Auth(credentials(), "sns", region).add_auth(request)
    headers = dict(request.headers)
    match DEED:
        case "unsigned":
            del headers["Authorization"]
        case "unsigned header":
            headers["X-Amz-More"] = "1"
        case "another body":
            body = body.replace("alert", "Alert")
        case "another header":
            headers["X-Amz-Note"] = "a c"
    return headers, body


def credentials():
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    key_id, secret, token = (os.environ[name] for name in names)
    match DEED:
        case "another key":
            key_id = key_id[::-1]
        case "another secret":
            secret = secret.lower()
        case "another token":
            token = token.lower()
    return Credentials(key_id, secret, token)


def be_late(minutes):
    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=minutes)
    botocore.auth.get_current_datetime = lambda *_: now.replace(tzinfo=None)


if __name__ == "__main__":
    if DEED.endswith(" minutes late"):
        be_late(int(DEED.split()[0]))
    main()
