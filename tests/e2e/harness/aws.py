"""AWS as its customers see it, through boto3: a client, and a queue to look into."""

import json
import time

import boto3
from botocore.config import Config

REGION = "us-east-1"


def connect(service, url, credentials, verify=None, region=REGION):
    """A boto3 client of the service at this address, whatever AWS is configured on this machine."""
    return boto3.session.Session().client(
        service,
        region_name=region,
        endpoint_url=url,
        verify=verify,
        aws_access_key_id=credentials.key_id,
        aws_secret_access_key=credentials.secret,
        aws_session_token=credentials.token,
        config=Config(proxies={}, retries={"total_max_attempts": 1}),
    )


class Queue:
    """A new SQS queue, for a subscription."""

    def __init__(self, sqs, name, **attributes):
        self._sqs = sqs
        self._url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        self.arn = sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])[
            "Attributes"
        ]["QueueArn"]

    def take(self, timeout=10):
        """The SNS envelopes that it holds, taken out; [] when none came in time."""
        end = time.monotonic() + timeout
        while True:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
            if messages or time.monotonic() > end:
                return [json.loads(message["Body"]) for message in messages]
            time.sleep(0.05)
