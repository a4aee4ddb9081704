"""An AWS account with IAM on, played by moto, in which template.yaml is deployed."""

import functools
import json
import os
import pathlib
import sys
import urllib.request

from cloudformation import Stack
from commands import run
from harness.aws import REGION, connect
from harness.processes import Process, free_port, listening, wait_until
from harness.sns import Credentials
from moto_stack import known_to_moto

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACCOUNT = "123456789012"  # moto's own
STACK = "enable-region-alert"
EMAIL = "security@example.com"
PARAMETERS = {"AlertEmail": EMAIL, "RegionStatusEvents": "true", "DailyTest": "true"}


@functools.cache
def translate(template):
    """The CloudFormation that AWS makes of a template."""
    return json.loads(run("sam/bin/python", "tests/stack/translate.py", template))


class Account:
    """The account, its administrator's clients, and the keys of users who may do less."""

    def __init__(self, folder):
        self.url = f"http://127.0.0.1:{free_port()}"
        port = self.url.rpartition(":")[2]
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_EC2_METADATA_DISABLED": "true"}
        argv = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", port]
        self._process = Process(argv, env, folder, "moto")
        self._keys = {"AWS_ACCESS_KEY_ID": "anybody", "AWS_SECRET_ACCESS_KEY": "anything"}
        try:
            wait_until(lambda: listening(port), what=f"moto:\n{self._process.stderr}")
            self._deploy()
            self._keys = self.user("*")
            self._post("reset-auth", b"0")  # from now on every call must be signed and allowed
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._process.stop()

    def client(self, service, region=REGION):
        keys = self._keys
        administrator = Credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], None)
        return connect(service, self.url, administrator, region=region)

    def user(self, *actions):
        """The keys, as environment variables, of a new user who may do just this."""
        iam = self.client("iam")
        name = f"user{len(iam.list_users()['Users'])}"
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName=name, PolicyDocument=policy)
        key = iam.create_access_key(UserName=name)["AccessKey"]
        return {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }

    def output(self, key):
        (stack,) = self.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}[key]

    def _deploy(self):
        self._post("config", b'{"lambda": {"use_docker": false}}', "application/json")
        s3 = self.client("s3")
        s3.create_bucket(Bucket="bucket")  # which translate.py names
        s3.put_object(Bucket="bucket", Key="key", Body=b"not called here")
        self.client("cloudformation").create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(known_to_moto(Stack(translate("template.yaml"), PARAMETERS))),
            Capabilities=["CAPABILITY_IAM"],
        )
        sns = self.client("sns")
        topic = self.output("TopicArn")
        if not sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
            sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=EMAIL)

    def _post(self, path, body, kind="text/plain"):
        request = urllib.request.Request(
            f"{self.url}/moto-api/{path}", body, {"Content-Type": kind}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as response:
            return response.read()
