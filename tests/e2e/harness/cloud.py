"""AWS played by moto over TLS with IAM authentication on: a topic, its subscribers, and roles."""

import json
import os
import pathlib
import queue
import ssl
import sys
import time
import urllib.request

import boto3
from botocore.config import Config

from harness.processes import Process, free_port, listening, wait_until
from harness.sns import Credentials
from harness.wire import Server, reply

ACCOUNT = "123456789012"  # moto's own
REGION = "us-east-1"
EMAIL_ADDRESS = "security@example.com"
HARNESS = pathlib.Path(__file__).resolve().parent


class Endpoint(Server):
    """A machine that has subscribed with protocol http: it keeps what SNS posts to it."""

    def __init__(self):
        super().__init__()
        self.notifications = queue.SimpleQueue()

    def answer(self, request):
        self.notifications.put(json.loads(request.body))
        return reply(200)


class Cloud:
    """One moto with one topic. Setting up happens before the authentication is switched on."""

    def __init__(self, authority, folder):
        self.bundle = authority.bundle
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._process = _start_moto(authority.issue("moto"), self.port, folder)
        self.endpoint = Endpoint()
        try:
            self._set_up()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.endpoint.close()
        self._process.stop()

    def client(self, service, credentials):
        """A boto3 client with these credentials, whatever AWS is configured on this machine."""
        return boto3.session.Session().client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            verify=str(self.bundle),
            aws_access_key_id=credentials.key_id,
            aws_secret_access_key=credentials.secret,
            aws_session_token=credentials.token,
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )

    def _set_up(self):
        wait_until(lambda: listening(self.port), what=f"moto; it said:\n{self._process.stderr}")
        anybody = Credentials("AKIAIOSFODNN7EXAMPLE", "anything", None)
        sns = self.client("sns", anybody)
        sqs = self.client("sqs", anybody)
        self.topic_arn = sns.create_topic(Name="enable-region-alerts")["TopicArn"]
        self.queue_url = sqs.create_queue(QueueName="alerts")["QueueUrl"]
        queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:alerts"
        endpoint_url = f"http://127.0.0.1:{self.endpoint.port}/"
        for protocol, address in (
            ("sqs", queue_arn),
            ("http", endpoint_url),
            ("email", EMAIL_ADDRESS),
        ):
            sns.subscribe(TopicArn=self.topic_arn, Protocol=protocol, Endpoint=address)
        self.publisher = self._role(anybody, "publisher", "sns:Publish")
        self.bystander = self._role(anybody, "bystander", "sns:ListTopics")
        self._sqs = self.client("sqs", self._role(anybody, "reader", "sqs:*"))
        self._post(
            "/moto-api/reset-auth", b"0"
        )  # from now on every request must be signed and allowed

    def _role(self, anybody, name, action):
        """Temporary credentials of a new role that may do this one thing."""
        iam = self.client("iam", anybody)
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]
        allowed = {"Effect": "Allow", "Action": action, "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=_policy(allowed))
        keys = self.client("sts", anybody).assume_role(
            RoleArn=role["Arn"], RoleSessionName="enable-region-alert"
        )
        keys = keys["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def take_from_queue(self, timeout=10):
        """The SNS envelopes that the queue holds, taken out; [] when none came in time."""
        end = time.monotonic() + timeout
        while True:
            messages = self._sqs.receive_message(
                QueueUrl=self.queue_url, MaxNumberOfMessages=10
            ).get("Messages", [])
            for message in messages:
                self._sqs.delete_message(
                    QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
            if messages or time.monotonic() > end:
                return [json.loads(message["Body"]) for message in messages]
            time.sleep(0.05)

    def take_from_endpoint(self, timeout=10):
        """The SNS envelopes that the HTTP endpoint got, taken out; [] when none came in time."""
        envelopes = []
        try:
            envelopes.append(self.endpoint.notifications.get(timeout=timeout))
            while True:
                envelopes.append(self.endpoint.notifications.get_nowait())
        except queue.Empty:
            return envelopes

    def sent_emails(self):
        """(message id, subject, text) of every e-mail so far.

        moto delivers no e-mail. It keeps what was published, for all protocols together; so the
        protocol's key is picked here as SNS would: `email`, else `default`.
        """
        topics = json.loads(self._get("/moto-api/data.json"))["sns"]["Topic"]
        (sent,) = [
            topic["sent_notifications"] for topic in topics if topic["arn"] == self.topic_arn
        ]
        emails = []
        for message_id, published, subject, _attributes, _group in sent:
            by_protocol = json.loads(published)
            emails.append((message_id, subject, by_protocol.get("email", by_protocol["default"])))
        return emails

    def _get(self, path):
        return self._open(urllib.request.Request(self.url + path))

    def _post(self, path, body):
        return self._open(
            urllib.request.Request(self.url + path, body, {"Content-Type": "text/plain"})
        )

    def _open(self, request):
        trust = urllib.request.HTTPSHandler(
            context=ssl.create_default_context(cafile=str(self.bundle))
        )
        opener = urllib.request.build_opener(trust, urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as response:
            return response.read()


def _policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _start_moto(certificate, port, folder):
    """moto_server ends every connection after one request; gunicorn keeps them, as SNS does."""
    arguments = f"-k gthread --threads 4 -w 1 --keep-alive 60 -b 127.0.0.1:{port}".split()
    tls = ["--certfile", certificate.chain, "--keyfile", certificate.key]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
    argv = [
        sys.executable,
        "-m",
        "gunicorn",
        *arguments,
        *tls,
        "--no-control-socket",
        "--chdir",
        HARNESS,
        "moto_app:app",
    ]
    return Process(argv, env, folder, "moto")
