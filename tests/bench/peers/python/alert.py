"""A peer of the benchmark: the alert as one would write it with the AWS SDK for Python."""

import json
import os
import pathlib
import re

import boto3

TOPIC_ARN = os.environ["ALERT_TOPIC_ARN"]
PLACEHOLDER = re.compile(r"{{(\w+)}}")
sns = boto3.client("sns", region_name=os.environ["AWS_REGION"])


def read(name):
    return (pathlib.Path(__file__).parent / "message" / name).read_text()


EMAIL, SMS, CHAT, FINDING = map(read, ("email.txt", "sms.txt", "chat.json", "finding.json"))


def handle(event, _context):
    record = event.get("detail") or {}
    if (record.get("eventName"), record.get("eventSource")) != (
        "EnableRegion",
        "account.amazonaws.com",
    ):
        return {"matched": 0}
    published = sns.publish(
        TopicArn=TOPIC_ARN,
        Subject=f"AWS EnableRegion in account {event.get('account', '')}",
        Message=json.dumps(message(find_values(event, record))),
        MessageStructure="json",
    )
    return {"matched": 1, "messageId": published["MessageId"]}


def find_values(event, record):
    identity = record.get("userIdentity") or {}
    issuer = (identity.get("sessionContext") or {}).get("sessionIssuer") or {}
    found = {
        "account": event.get("account"),
        "actor": (identity.get("arn") or "").rpartition("/")[2],
        "address": record.get("sourceIPAddress"),
        "agent": record.get("userAgent"),
        "delivery": event.get("id"),
        "event": record.get("eventID"),
        "identity": identity.get("arn"),
        "key": identity.get("accessKeyId"),
        "principal": identity.get("principalId"),
        "record": json.dumps(event),
        "region": (record.get("requestParameters") or {}).get("RegionName"),
        "request": record.get("requestID"),
        "role": issuer.get("userName"),
        "time": record.get("eventTime"),
        "type": identity.get("type"),
    }
    return {name: value or "unknown" for name, value in found.items()}


def message(values):
    quoted = {name: json.dumps(value)[1:-1] for name, value in values.items()}
    email = fill(EMAIL, values)
    return {
        "default": fill(FINDING, quoted),
        "email": email,
        "email-json": email,
        "https": fill(CHAT, quoted),
        "sms": fill(SMS, values),
    }


def fill(template, values):
    return PLACEHOLDER.sub(lambda found: values[found[1]], template)
