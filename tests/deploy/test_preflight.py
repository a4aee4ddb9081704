"""deploy/preflight.sh: what would keep an alert from coming, in an account that has all of it."""

import contextlib

import pytest

from account import EMAIL
from scripted import ForeignTrail, Query, attributes, subscriptions
from scripts import BASH, BUSYBOX, DASH

BASIC = [{"ReadWriteType": "All", "IncludeManagementEvents": True}]


def advanced(**fields):
    selectors = [{"Field": field, "Equals": values} for field, values in fields.items()]
    return [{"Name": "selector", "FieldSelectors": selectors}]


@pytest.fixture
def trail(account):
    """Makes trails that log management events unless told otherwise, and takes them away again."""
    account.client("s3").create_bucket(Bucket="trails")
    with contextlib.ExitStack() as made:

        def trail(name, region="us-east-1", multi=True, logging=True, **selectors):
            cloudtrail = account.client("cloudtrail", region)
            cloudtrail.create_trail(Name=name, S3BucketName="trails", IsMultiRegionTrail=multi)
            made.callback(cloudtrail.delete_trail, Name=name)
            cloudtrail.put_event_selectors(
                TrailName=name, **(selectors or {"EventSelectors": BASIC})
            )
            if logging:
                cloudtrail.start_logging(Name=name)

        yield trail


def lines(done, mark):
    return [line[7:] for line in done.out.splitlines() if line.split(" ", 1)[0] == mark]


def of_trails(done):
    """The name of each trail and what is said of it."""
    words = [line.split(" ", 2) for line in lines(done, "ok") + lines(done, "note")]
    return {word[1].rpartition("/")[2]: word[2] for word in words if word[0] == "trail"}


@pytest.mark.parametrize("shell", [BUSYBOX, BASH], ids=" ".join)
def test_all_is_well(run, trail, shell):
    trail("good")
    done = run("preflight", shell=shell)
    assert (done.status, done.err, lines(done, "WRONG"), lines(done, "note")) == (0, "", [], [])
    said = "\n".join(lines(done, "ok"))
    for what in ("account 123456789012", "us-east-1", "trail ", "stack ", "function ", "rule "):
        assert what in said
    assert "queue UndeliveredEvents is empty\nqueue FailedInvocations is empty" in said
    assert f"email {EMAIL} is subscribed" in said


def test_trails_that_do_not_help(run, trail):
    trail("stopped", logging=False)
    trail("reads", EventSelectors=[BASIC[0] | {"ReadWriteType": "ReadOnly"}])
    trail("data", EventSelectors=[BASIC[0] | {"IncludeManagementEvents": False}])
    trail("advanced-data", AdvancedEventSelectors=advanced(eventCategory=["Data"]))
    trail(
        "advanced-reads",
        AdvancedEventSelectors=advanced(eventCategory=["Management"], readOnly=["true"]),
    )
    trail("elsewhere", region="eu-west-1", multi=False)
    done = run("preflight", "--stack", "not-there")
    assert of_trails(done) == {
        "stopped": "is stopped",
        "reads": "logs no write management events",
        "data": "logs no write management events",
        "advanced-data": "logs no write management events",
        "advanced-reads": "logs no write management events",
    }
    assert lines(done, "WRONG") == [
        "no trail logs write management events of us-east-1, so EventBridge gets none"
    ]
    assert done.status == 1


def test_trails_that_do(run, trail):
    trail("stopped", logging=False)
    trail("all")
    trail("writes", EventSelectors=[BASIC[0] | {"ReadWriteType": "WriteOnly"}])
    trail("home-elsewhere", region="eu-west-1")
    trail("regional", multi=False)
    trail("advanced", AdvancedEventSelectors=advanced(eventCategory=["Management"]))
    trail(
        "advanced-writes",
        AdvancedEventSelectors=advanced(eventCategory=["Management"], readOnly=["false"])
        + advanced(eventCategory=["Data"]),
    )
    done = run("preflight", "--stack", "not-there")
    good = ("all", "writes", "home-elsewhere", "regional", "advanced", "advanced-writes")
    assert of_trails(done) == {"stopped": "is stopped"} | dict.fromkeys(
        good, "logs write management events"
    )
    assert (done.status, lines(done, "WRONG")) == (0, [])


def test_no_trail_and_no_stack(run):
    done = run("preflight", "--stack", "not-there")
    assert done.status == 1
    assert "no trail logs write management events" in lines(done, "WRONG")[0]
    assert lines(done, "note") == [
        "no stack not-there in us-east-1 yet, so there is no more to check"
    ]


@pytest.mark.parametrize("shell", [DASH, BASH], ids=" ".join)
def test_an_organisation_s_trail_that_cannot_be_asked(run, shell):
    """The shells differ in what a failure ends there."""
    with ForeignTrail() as cloudtrail:
        done = run("preflight", shell=shell, AWS_ENDPOINT_URL_CLOUDTRAIL=cloudtrail.url)
    assert done.status == 2
    assert lines(done, "note") == [
        f"trail {ForeignTrail.arn} is of account 999999999999, which alone can tell what it logs"
    ]
    assert "ask in the owner's account" in done.err


def test_another_region(run):
    done = run("preflight", "--region", "eu-west-1")
    assert done.status == 1
    assert lines(done, "WRONG")[0].startswith("Region eu-west-1: AWS records calls")


@pytest.fixture
def rule(account):
    """The EventBridge rule, which is made whole again."""
    resources = account.client("cloudformation").list_stack_resources(
        StackName="enable-region-alert"
    )["StackResourceSummaries"]
    (name,) = [
        each["PhysicalResourceId"]
        for each in resources
        if each["LogicalResourceId"] == "AlertFunctionApiCall"
    ]
    events = account.client("events")
    targets = events.list_targets_by_rule(Rule=name)["Targets"]
    yield name
    events.enable_rule(Name=name)
    events.put_targets(Rule=name, Targets=targets)


def test_what_is_wrong_with_a_stack(run, trail, account, function, rule):
    trail("good")
    account.client("events").disable_rule(Name=rule)
    function.description["Concurrency"] = {"ReservedConcurrentExecutions": 0}
    url = account.output("FailedInvocationsUrl")
    sqs = account.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    sqs.send_message(QueueUrl=url, MessageBody="{}")
    sqs.receive_message(QueueUrl=url)  # out of sight is there too
    with Query(ListSubscriptionsByTopic=subscriptions()) as sns:
        done = run("preflight", AWS_ENDPOINT_URL_SNS=sns.url)
    sqs.purge_queue(QueueUrl=url)
    topic = account.output("TopicArn")
    name = account.output("FunctionName")
    assert lines(done, "WRONG") == [
        f"function {name} is switched off: its reserved concurrency is 0",
        f"rule {rule} is DISABLED",
        "queue FailedInvocations holds 2 events that led to no alert: see deploy/redrive.sh",
        f"nobody is subscribed to {topic}",
    ]
    assert done.status == 1


def test_subscribers_who_get_nothing(run, trail, account, function, rule):
    trail("good")
    events = account.client("events")
    ids = [each["Id"] for each in events.list_targets_by_rule(Rule=rule)["Targets"]]
    events.remove_targets(Rule=rule, Ids=ids)
    function.description["Configuration"]["State"] = "Failed"
    arn = account.output("TopicArn") + ":1"
    listed = subscriptions(
        ("email", "a@example.com", "PendingConfirmation"),
        ("email", "b@example.com", "Deleted"),
        ("email-json", "c@example.com", arn),
        ("sqs", "arn:aws:sqs:us-east-1:123456789012:d", arn),
    )
    by_the_link = attributes(ConfirmationWasAuthenticated="false")
    with Query(ListSubscriptionsByTopic=listed, GetSubscriptionAttributes=by_the_link) as sns:
        done = run("preflight", AWS_ENDPOINT_URL_SNS=sns.url)
    function_line, rule_line, pending, deleted = lines(done, "WRONG")
    assert function_line.endswith(" is Failed")
    assert rule_line == f"rule {rule} does not call the function"
    assert pending.startswith("email a@example.com is not confirmed, so gets nothing")
    assert deleted == "email b@example.com was deleted: subscribe it again"
    (note,) = lines(done, "note")
    assert note.startswith("anyone who holds one of the mails to c@example.com can unsubscribe it")
    assert done.status == 1


def test_a_stack_that_is_another_project_s(run, trail, account):
    trail("good")
    cloudformation = account.client("cloudformation")
    bare = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    cloudformation.create_stack(StackName="other", TemplateBody=bare)
    done = run("preflight", "--stack", "other")
    cloudformation.delete_stack(StackName="other")
    assert done.status == 2
    assert "the stack other has no output FunctionName" in done.err


def cloudformation(rule, **outputs):
    """Scripted: a stack with these outputs and a rule with this physical id."""
    named = [
        f"<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
        for key, value in outputs.items()
    ]
    stack = f"<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{''.join(named)}</Outputs>"
    resource = f"<ResourceType>AWS::Events::Rule</ResourceType><PhysicalResourceId>{rule}"
    resource = f"<member>{resource}</PhysicalResourceId></member>"
    return Query(
        DescribeStacks=f"<Stacks><member>{stack}</member></Stacks>",
        ListStackResources=f"<StackResourceSummaries>{resource}</StackResourceSummaries>",
    )


def test_a_rule_on_another_bus(run, trail, account):
    """CloudFormation's id of such a rule has the name of the bus; moto's has not."""
    trail("good")
    events = account.client("events")
    events.create_event_bus(Name="central")
    pattern = '{"source": ["aws.account"]}'
    events.put_rule(Name="calls", EventBusName="central", EventPattern=pattern)
    keys = ("FunctionName", "TopicArn", "UndeliveredEventsUrl", "FailedInvocationsUrl")
    with cloudformation("central|calls", **{key: account.output(key) for key in keys}) as stack:
        done = run("preflight", AWS_ENDPOINT_URL_CLOUDFORMATION=stack.url)
    assert (done.status, lines(done, "WRONG")) == (1, ["rule calls does not call the function"])


def test_what_was_deleted_by_hand(run, trail, function):
    trail("good")
    function.description = None
    here = "us-east-1.amazonaws.com/123456789012"
    topic = "arn:aws:sns:us-east-1:123456789012:not-there"
    outputs = {
        "FunctionName": "not-there",
        "UndeliveredEventsUrl": f"https://sqs.{here}/not-there",
        "FailedInvocationsUrl": f"https://sqs.{here}/not-there",
        "TopicArn": topic,
    }
    with cloudformation("not-there", **outputs) as stack:
        done = run("preflight", AWS_ENDPOINT_URL_CLOUDFORMATION=stack.url)
    assert done.status == 1
    assert lines(done, "WRONG") == [
        "function not-there is gone",
        "rule not-there is gone",
        "queue UndeliveredEvents is gone",
        "queue FailedInvocations is gone",
        f"topic {topic} is gone",
    ]


@pytest.mark.parametrize(
    ("state", "mark"), [("UPDATE_ROLLBACK_COMPLETE", "note"), ("ROLLBACK_COMPLETE", "WRONG")]
)
def test_a_stack_that_did_not_come_about(run, trail, state, mark):
    trail("good")
    stack = f"<Stacks><member><StackName>s</StackName><StackStatus>{state}</StackStatus>"
    with Query(DescribeStacks=f"{stack}</member></Stacks>") as cloudformation:
        done = run("preflight", AWS_ENDPOINT_URL_CLOUDFORMATION=cloudformation.url)
    assert lines(done, mark)[-1].startswith(f"stack enable-region-alert: {state}")
