"""A peer of the benchmark: the alert as one would write it with the AWS SDK for Python."""

import os

import boto3

TOPIC_ARN = os.environ["ALERT_TOPIC_ARN"]
sns = boto3.client("sns", region_name=os.environ["AWS_REGION"])


def handle(event, _context):
    record = event.get("detail") or {}
    if (record.get("eventName"), record.get("eventSource")) != (
        "EnableRegion",
        "account.amazonaws.com",
    ):
        return {"matched": 0}
    account = event.get("account", "")
    published = sns.publish(
        TopicArn=TOPIC_ARN,
        Subject=f"AWS EnableRegion in account {account}",
        Message=message(account, record),
    )
    return {"matched": 1, "messageId": published["MessageId"]}


def message(account, record):
    region = (record.get("requestParameters") or {}).get("RegionName")
    who = (record.get("userIdentity") or {}).get("arn")
    return f"""Somebody called EnableRegion.

Region: {region or "unknown"}
Account: {account}
Who: {who or "unknown"}
From: {record.get("sourceIPAddress") or "unknown"}
When: {record.get("eventTime") or "unknown"}
Error: {record.get("errorCode") or "none"}
Event: {record.get("eventID") or "unknown"}
"""
