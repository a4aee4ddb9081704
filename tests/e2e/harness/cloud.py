"""AWS played by moto over TLS with IAM authentication on: a topic, its subscribers, and roles."""

import json
import os
import pathlib
import queue
import ssl
import sys
import urllib.request

from harness.aws import Queue, connect
from harness.processes import Process, free_port, listening, wait_until
from harness.sns import Credentials
from harness.wire import Server, reply

ACCOUNT = "123456789012"  # moto's own
EMAIL_ADDRESS = "security@example.com"
PHONE_NUMBER = "+12025550100"
HARNESS = pathlib.Path(__file__).resolve().parent


class Endpoint(Server):
    """A machine that has subscribed with http, or https: it keeps what SNS posts to it."""

    def __init__(self, certificate=None):
        super().__init__(certificate.server_context() if certificate else None)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}/"
        self.notifications = queue.SimpleQueue()

    def answer(self, request):
        self.notifications.put(json.loads(request.body))
        return reply(200)

    def take(self, timeout=10):
        """The SNS envelopes that came, taken out; [] when none came in time."""
        envelopes = []
        try:
            envelopes.append(self.notifications.get(timeout=timeout))
            while True:
                envelopes.append(self.notifications.get_nowait())
        except queue.Empty:
            return envelopes


class Cloud:
    """One moto with one topic, and more where a test wants them.

    The roles are made before the authentication is switched on, all else by the administrator.
    """

    def __init__(self, authority, folder):
        self.bundle = authority.bundle
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._process = _start_moto(authority.issue("moto"), self.port, folder, self.bundle)
        self._endpoints = {"http": Endpoint(), "https": Endpoint(authority.issue("endpoint"))}
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
        for endpoint in self._endpoints.values():
            endpoint.close()
        self._process.stop()

    def client(self, service, credentials):
        """A boto3 client with these credentials, whatever AWS is configured on this machine."""
        return connect(service, self.url, credentials, verify=str(self.bundle))

    def _set_up(self):
        wait_until(lambda: listening(self.port), what=f"moto; it said:\n{self._process.stderr}")
        anybody = Credentials("AKIAIOSFODNN7EXAMPLE", "anything", None)
        self.publisher = self._role(anybody, "publisher", "sns:Publish")
        self.bystander = self._role(anybody, "bystander", "sns:ListTopics")
        administrator = self._role(anybody, "administrator", "sns:*", "sqs:*")
        self._sns = self.client("sns", administrator)
        self._sqs = self.client("sqs", administrator)
        self._post("/moto-api/reset-auth", b"0")  # from now on all must be signed and allowed
        self.topic_arn = self.create_topic("enable-region-alerts")
        queue = self.subscribe_queue(self.topic_arn, "alerts")
        self.subscribers = {"sqs": queue} | self._endpoints
        for protocol, address in (
            *((protocol, endpoint.url) for protocol, endpoint in self._endpoints.items()),
            ("email", EMAIL_ADDRESS),
            ("email-json", EMAIL_ADDRESS),
            ("sms", PHONE_NUMBER),
        ):
            self._sns.subscribe(TopicArn=self.topic_arn, Protocol=protocol, Endpoint=address)

    def _role(self, anybody, name, *actions):
        """Temporary credentials of a new role that may do these things."""
        iam = self.client("iam", anybody)
        trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=_policy(allowed))
        keys = self.client("sts", anybody).assume_role(
            RoleArn=role["Arn"], RoleSessionName="enable-region-alert"
        )
        keys = keys["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def create_topic(self, name):
        """The ARN of a new topic."""
        return self._sns.create_topic(Name=name)["TopicArn"]

    def subscribe_queue(self, topic_arn, name, **filter_policy):
        """A new Queue that gets what the filter policy lets through."""
        queue = Queue(self._sqs, name)
        policy = {"FilterPolicy": json.dumps(filter_policy)} if filter_policy else {}
        self._sns.subscribe(
            TopicArn=topic_arn, Protocol="sqs", Endpoint=queue.arn, Attributes=policy
        )
        return queue

    def sent(self, protocol):
        """{message id: (subject, text)} of all that subscribers with this protocol got so far.

        moto delivers no e-mail and no text message. It keeps what was published, for all protocols
        together; so the protocol's key is picked here as SNS would: its own, else `default`.
        """
        topics = json.loads(self._get("/moto-api/data.json"))["sns"]["Topic"]
        (sent,) = [
            topic["sent_notifications"] for topic in topics if topic["arn"] == self.topic_arn
        ]
        texts = {}
        for message_id, published, subject, _attributes, _group in sent:
            by_protocol = json.loads(published)
            texts[message_id] = (subject, by_protocol.get(protocol, by_protocol["default"]))
        return texts

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


def _start_moto(certificate, port, folder, bundle):
    """moto_server ends every connection after one request; gunicorn keeps them, as SNS does.

    The bundle is what it trusts where it posts to an endpoint.
    """
    arguments = f"-k gthread --threads 4 -w 1 --keep-alive 60 -b 127.0.0.1:{port}".split()
    tls = ["--certfile", certificate.chain, "--keyfile", certificate.key]
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "AWS_EC2_METADATA_DISABLED": "true",
        "REQUESTS_CA_BUNDLE": str(bundle),
    }
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
