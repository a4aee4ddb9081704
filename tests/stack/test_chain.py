"""All the way: EventBridge's pattern, a queue, the emulator, the function, SNS, a subscriber."""

import json

import pytest
from moto.server import ThreadedMotoServer

from harness.emulator import Emulator
from harness.function import RULE_ID, environment
from harness.sns import Credentials
from moto_stack import SAMPLES, made_by_moto, put_event, put_queues, take
from test_alarms import METRICS


@pytest.fixture(scope="module")
def made(stacks):
    with made_by_moto(stacks["all there is"]) as made:
        yield made


@pytest.fixture(scope="module")
def queues(made):
    return put_queues(made)


@pytest.fixture(scope="module")
def emulator(made, tmp_path_factory):
    """The function as the stack sets it up, with the credentials of the stack's role."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    function = made.function()
    keys = made.client("sts").assume_role(RoleArn=function["Role"], RoleSessionName="function")
    keys = keys["Credentials"]
    credentials = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    variables = function["Environment"]["Variables"]
    env = environment(
        f"http://{host}:{port}",
        credentials=credentials,
        topic_arn=variables.pop("ALERT_TOPIC_ARN"),
        **variables | {"ALERT_MAX_PER_SECOND": "0"},
    )
    with Emulator(env, tmp_path_factory.mktemp("emulator")) as emulator:
        yield emulator
    server.stop()


@pytest.fixture(scope="module")
def inbox(made):
    """The URL of a queue that has subscribed to the stack's topic."""
    url = made.client("sqs").create_queue(QueueName="inbox")["QueueUrl"]
    made.client("sns").subscribe(
        TopicArn=made.outputs["TopicArn"], Protocol="sqs", Endpoint=made.arn("sqs", "inbox")
    )
    return url


def deliver(emulator, made, inbox, event):
    """(subject, finding) of the one alert that an event makes."""
    answer = emulator.invoke(event.encode())
    (alert,) = answer["alerts"]
    (envelope,) = (json.loads(body) for body in take(made, inbox))
    assert (envelope["MessageId"], envelope["TopicArn"]) == (
        alert["messageId"],
        made.outputs["TopicArn"],
    )
    return envelope["Subject"], json.loads(envelope["Message"])


@pytest.mark.parametrize(
    ("rule", "bus"),
    [("AlertFunctionApiCall", "default"), ("CentralApiCall", "enable-region-alert")],
)
def test_a_call(made, queues, emulator, inbox, rule, bus):
    sample = "enable-region-root" if bus == "default" else "enable-region-federated"
    put_event(made, SAMPLES[sample], bus)
    (event,) = take(made, queues[rule])
    subject, finding = deliver(emulator, made, inbox, event)
    assert subject.startswith("SUCCEEDED [medium]: ")
    event_id = SAMPLES[sample]["detail"]["eventID"]
    assert finding["metadata"]["uid"] == f"{RULE_ID}:{event_id}"


def test_a_notice(made, queues, emulator, inbox):
    put_event(made, SAMPLES["region-status-enabling"])
    (event,) = take(made, queues["RegionStatus"])
    subject, finding = deliver(emulator, made, inbox, event)
    region = SAMPLES["region-status-enabling"]["detail"]["regionName"]
    assert region in subject and "Sigma" not in json.dumps(finding)


def test_what_does_not_pass(made, queues):
    put_event(made, SAMPLES["disable-region"])
    assert [take(made, url) for url in queues.values()] == [[]] * len(queues)


def test_the_daily_test(made, emulator, inbox):
    """Day after day the same event, and each time an alert."""
    (target,) = made.stack.of_type("AWS::Events::Rule")["DailyTestEvent"]["Targets"]
    for _ in range(2):
        subject, _ = deliver(emulator, made, inbox, target["Input"])
        assert subject.startswith("TEST ")


def test_its_metrics_are_those_of_the_dashboard(emulator):
    """CloudWatch makes them of the log; the emulator passes it on."""
    emulator.invoke(json.dumps(SAMPLES["enable-region-conflict"]).encode())
    lines = [line for line in emulator.stdout.splitlines() if '"_aws"' in line]
    (directive,) = json.loads(lines[-1])["_aws"]["CloudWatchMetrics"]
    names, under = METRICS[directive["Namespace"]]
    assert {metric["Name"] for metric in directive["Metrics"]} == names
    assert [set(dimensions) for dimensions in directive["Dimensions"]] == under
