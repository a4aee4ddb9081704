"""The stack made by moto, and events sent through its rules."""

import ast
import contextlib
import io
import json
import zipfile

import boto3
from moto import mock_aws
from moto.iam.access_control import IAMPolicy, PermissionResult

from cloudformation import PSEUDO
from commands import ROOT

STACK = PSEUDO["AWS::StackName"]
MOTO_LACKS = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::EventBusPolicy",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


class Made:
    """A stack in moto, but for what moto does not know."""

    def __init__(self, stack):
        self.stack = stack
        _upload_code()
        cloudformation = self.client("cloudformation")
        cloudformation.create_stack(
            StackName=STACK,
            TemplateBody=json.dumps(known_to_moto(stack)),
            Capabilities=["CAPABILITY_IAM"],
        )
        (self.described,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        outputs = self.described["Outputs"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in outputs}
        resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        self.ids = {
            resource["LogicalResourceId"]: resource.get("PhysicalResourceId")
            for resource in resources
        }

    @staticmethod
    def client(service):
        return boto3.client(
            service,
            region_name=PSEUDO["AWS::Region"],
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="anything",
        )

    def arn(self, service, name):
        """The ARN of one of its resources that are called after the service and their name."""
        account, region = PSEUDO["AWS::AccountId"], PSEUDO["AWS::Region"]
        return f"arn:aws:{service}:{region}:{account}:{name}"

    def queue_arn(self, name):
        return self.arn("sqs", self.ids[name].rsplit("/", 1)[1])

    def function(self):
        return self.client("lambda").get_function_configuration(
            FunctionName=self.ids["AlertFunction"]
        )

    def policies(self):
        """The role's own policies. Those that CloudFormation made, moto tells as Python."""
        iam, role = self.client("iam"), self.ids["AlertRole"]
        assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
        texts = [
            iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        ]
        return [IAMPolicy(json.dumps(ast.literal_eval(text))) for text in texts]

    def permits(self, action, resource, **context):
        return PermissionResult.PERMITTED in {
            policy.is_action_permitted(action, resource, incoming_condition_values=context)
            for policy in self.policies()
        }

    def rule(self, name):
        """The rule's name and the name of its bus."""
        is_central = "EventBusName" in self.stack.resources[name]["Properties"]
        return {"Rule": self.ids[name], "EventBusName": STACK if is_central else "default"}


@contextlib.contextmanager
def made_by_moto(stack):
    with mock_aws(config={"lambda": {"use_docker": False}}):
        yield Made(stack)


def known_to_moto(stack):
    """The stack as a template without what moto does not know."""
    template = stack.as_template()
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if resource["Type"] not in MOTO_LACKS
    }
    outputs = {
        name: output for name, output in template["Outputs"].items() if name != "DashboardUrl"
    }
    return {"Resources": resources, "Outputs": outputs}


def _upload_code():
    """What translate.py says the function's code is."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("bootstrap", "")
    s3 = Made.client("s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=code.getvalue())


SAMPLES = {
    path.stem: json.loads(path.read_text())
    for path in (ROOT / "events").glob("*.json")
    if path.stem != "malformed"
}


def put_queues(made):
    """Puts a queue in the function's place behind every pattern; their URLs by the rule's name."""
    events, sqs, urls = made.client("events"), made.client("sqs"), {}
    for name, properties in made.stack.of_type("AWS::Events::Rule").items():
        rule = made.rule(name)
        (target,) = events.list_targets_by_rule(**rule)["Targets"]
        events.remove_targets(**rule, Ids=[target["Id"]])
        if "EventPattern" in properties:
            events.put_targets(**rule, Targets=[{"Id": "queue", "Arn": made.arn("sqs", name)}])
            urls[name] = sqs.create_queue(QueueName=name)["QueueUrl"]
    return urls


def put_event(made, event, bus="default"):
    """As PutEvents takes it. AWS would refuse the sources that begin with aws, moto does not."""
    entry = {
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "EventBusName": bus,
    }
    assert made.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def take(made, url):
    """The bodies of the messages in a queue, taken out."""
    sqs = made.client("sqs")
    messages = sqs.receive_message(QueueUrl=url).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]
