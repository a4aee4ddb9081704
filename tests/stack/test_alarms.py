"""The alarms and the dashboard: metrics and dimensions that exist, and something watches each."""

import json

FUNCTION = {"FunctionName": {"Ref": "AlertFunction"}}
RULE = {"RuleName": {"Ref": "AlertFunctionApiCall"}}


def part(number, separator, arn):
    return {"Fn::Select": [number, {"Fn::Split": [separator, arn]}]}


CENTRAL_RULE = {
    "EventBusName": {"Fn::GetAtt": ["CentralBus", "Name"]},
    "RuleName": part(2, "/", {"Fn::GetAtt": ["CentralApiCall", "Arn"]}),
}
OWN_TOPIC = {"TopicName": part(5, ":", {"Ref": "AlertTopic"})}
OLD_TOPIC = {"TopicName": "alerts.fifo"}


def queue(name):
    return {"QueueName": {"Fn::GetAtt": [name, "QueueName"]}}


# namespace: what its metrics are called, and the dimensions AWS has them under
METRICS = {
    "AWS/Lambda": (
        {
            "Invocations",
            "Errors",
            "Throttles",
            "Duration",
            "AsyncEventsDropped",
            "DestinationDeliveryFailures",
        },
        [{"FunctionName"}],
    ),
    "AWS/Events": (
        {"FailedInvocations", "InvocationsFailedToBeSentToDlq"},
        [{"RuleName"}, {"EventBusName", "RuleName"}],
    ),
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible"}, [{"QueueName"}]),
    "AWS/SNS": (
        {
            "NumberOfMessagesPublished",
            "NumberOfNotificationsDelivered",
            "NumberOfNotificationsFailed",
        },
        [{"TopicName"}],
    ),
    "enable-region-alert": (
        {"matched", "published", "suppressed", "failed", "publishDuration"},
        [{"FunctionName"}],
    ),
}

WATCHED = [  # namespace, metric, dimensions, statistic
    ("AWS/Lambda", "Errors", FUNCTION, "Sum"),
    ("AWS/Lambda", "Throttles", FUNCTION, "Sum"),
    ("AWS/Lambda", "AsyncEventsDropped", FUNCTION, "Sum"),
    ("AWS/Lambda", "DestinationDeliveryFailures", FUNCTION, "Sum"),
    ("AWS/Events", "FailedInvocations", RULE, "Sum"),
    ("AWS/Events", "InvocationsFailedToBeSentToDlq", RULE, "Sum"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue("FailedInvocations"), "Maximum"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue("UndeliveredEvents"), "Maximum"),
]
WATCHED_IN_AN_ORGANIZATION = [("AWS/Events", "FailedInvocations", CENTRAL_RULE, "Sum")]


def dimensions(listed):
    return {each["Name"]: each["Value"] for each in listed}


def topic(stack):
    return OWN_TOPIC if stack.conditions["OwnTopic"] else OLD_TOPIC


def alarms_on_a_fault(stack):
    return {
        name: alarm
        for name, alarm in stack.of_type("AWS::CloudWatch::Alarm").items()
        if name != "NothingDelivered"
    }


def test_what_is_watched(stack):
    found = [
        (
            alarm["Namespace"],
            alarm["MetricName"],
            dimensions(alarm["Dimensions"]),
            alarm["Statistic"],
        )
        for alarm in alarms_on_a_fault(stack).values()
    ]
    wanted = WATCHED + [("AWS/SNS", "NumberOfNotificationsFailed", topic(stack), "Sum")]
    if stack.conditions["HasOrganization"]:
        wanted = wanted + WATCHED_IN_AN_ORGANIZATION
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_one_is_enough_for_an_alarm(stack):
    wanted = {
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    for name, alarm in alarms_on_a_fault(stack).items():
        assert {member: alarm.get(member) for member in wanted} == wanted, name


def test_every_alarm_says_what_it_means(everything):
    for name, alarm in everything.of_type("AWS::CloudWatch::Alarm").items():
        assert 20 < len(alarm["AlarmDescription"]) <= 1024, name
        for queue in everything.of_type("AWS::SQS::Queue"):
            watched = dimensions(alarm.get("Dimensions", [])).get("QueueName")
            if watched == {"Fn::GetAtt": [queue, "QueueName"]}:
                assert queue in alarm["AlarmDescription"], name


def test_nothing_delivered_in_two_days(stack):
    alarms = stack.of_type("AWS::CloudWatch::Alarm")
    assert ("NothingDelivered" in alarms) == stack.conditions["HasDailyTest"]
    if "NothingDelivered" not in alarms:
        return
    alarm = alarms["NothingDelivered"]
    delivered, daily = alarm["Metrics"]
    assert delivered["MetricStat"] == {
        "Metric": {
            "Namespace": "AWS/SNS",
            "MetricName": "NumberOfNotificationsDelivered",
            "Dimensions": [{"Name": name, "Value": value} for name, value in topic(stack).items()],
        },
        "Stat": "Sum",
        "Period": 86400,
    }
    assert (delivered["ReturnData"], daily.get("ReturnData", True)) == (False, True)
    assert daily["Expression"] == f"FILL({delivered['Id']}, 0)"
    assert alarm["EvaluationPeriods"] == 2 and "DatapointsToAlarm" not in alarm
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_cloudwatch_takes_the_periods(everything):
    """Periods under an hour may make up a day together, longer ones a week."""
    for name, alarm in everything.of_type("AWS::CloudWatch::Alarm").items():
        period = alarm.get("Period") or alarm["Metrics"][0]["MetricStat"]["Period"]
        assert period % 60 == 0, name
        assert period * alarm["EvaluationPeriods"] <= (604800 if period >= 3600 else 86400), name


def dashboard(stack):
    (made,) = stack.of_type("AWS::CloudWatch::Dashboard").values()
    text, own = made["DashboardBody"]["Fn::Sub"]
    return [widget["properties"] for widget in json.loads(text)["widgets"]], own


def shown(stack):
    """Each metric of the dashboard: (namespace, name, dimensions)."""
    widgets, _ = dashboard(stack)
    for widget in widgets:
        for namespace, name, *pairs in widget.get("metrics", []):
            yield namespace, name, dict(zip(pairs[::2], pairs[1::2], strict=True))


def test_metrics_exist(everything):
    used = [(namespace, name, set(pairs)) for namespace, name, pairs in shown(everything)]
    assert len(used) == 14
    for alarm in everything.of_type("AWS::CloudWatch::Alarm").values():
        metric = alarm if "Namespace" in alarm else alarm["Metrics"][0]["MetricStat"]["Metric"]
        used.append(
            (metric["Namespace"], metric["MetricName"], set(dimensions(metric["Dimensions"])))
        )
    for namespace, name, names in used:
        known, under = METRICS[namespace]
        assert name in known and names in under, (namespace, name, names)


def test_the_dashboard_shows_this_stack(everything):
    widgets, own = dashboard(everything)
    assert own == OWN_TOPIC
    values = {value for _, _, pairs in shown(everything) for value in pairs.values()}
    assert values == {
        "${AlertFunction}",
        "${TopicName}",
        "${FailedInvocations.QueueName}",
        "${UndeliveredEvents.QueueName}",
    }
    for widget in widgets:
        assert ("alarms" in widget) != (widget.get("region") == "us-east-1")


def test_the_dashboard_shows_every_alarm_that_is_always_there(template, everything):
    (widget,) = [widget for widget in dashboard(everything)[0] if "alarms" in widget]
    always = {
        "${%s.Arn}" % name
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in resource
    }
    assert set(widget["alarms"]) == always and len(widget["alarms"]) == len(always)


def test_the_dashboard_shows_every_metric_of_our_own(everything):
    own = {name for namespace, name, _ in shown(everything) if namespace == "enable-region-alert"}
    assert own == METRICS["enable-region-alert"][0]
