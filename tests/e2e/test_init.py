"""Wrong configuration or rules are told before the first event, and end the process."""

import pytest

from harness.function import RULE_ID
from harness.wire import RESET, reply

pytestmark = pytest.mark.asan
TOPIC = "arn:aws:sns:us-east-1:111122223333:alerts"
RULE = f"""\
title: Any call
id: {RULE_ID}
logsource:
    product: aws
    service: cloudtrail
detection:
    selection:
        eventName: EnableRegion
    condition: selection
level: low
author: A test
"""


def assert_init_error(function, api, error_type, *words):
    """One POST to /init/error, no GET, exit status 1, and the same said in the log."""
    outcome = function.outcome()
    assert outcome.verb == "init/error"
    assert outcome.error_type == error_type
    assert function.wait() == 1
    assert [request.method for request in api.requests] == ["POST"]
    assert any(line["level"] == "FATAL" for line in function.log)
    for word in words:
        assert word in outcome.error_message


@pytest.mark.parametrize(
    "arn",
    [
        None,
        "",
        "alerts",
        "arn:aws:sns:us-east-1:111122223333",
        "arn:aws:sns:us-east-1:111122223333:",
        "arn:aws:sqs:us-east-1:111122223333:alerts",
        "arn:aws:sns::111122223333:alerts",
        "arn:aws:sns:us-east-1:11112222333:alerts",
        "arn:aws:sns:us-east-1:11112222333x:alerts",
        "arn:aws:sns:us-east-1:111122223333:alerts:0f9f3b0e-1f0a-4b7e-9a51-5f3a0e3a0001",
        "arn:unknown:sns:us-east-1:111122223333:alerts",
        "arn:aws:sns:us-east-1.attacker.example/:111122223333:alerts",
        TOPIC + " ",
        " " + TOPIC,
        TOPIC + "\r\nX: y",
        TOPIC + "\u00e9",
        TOPIC + "x" * 300,
    ],
)
def test_topic_arn(start, api, arn):
    """The message names the variable, and shows what stands in it."""
    words = [arn] if arn and arn.isprintable() and len(arn) < 100 and arn.isascii() else []
    assert_init_error(
        start(ALERT_TOPIC_ARN=arn), api, "Function.ConfigInvalid", "ALERT_TOPIC_ARN", *words
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com:8080",
        "http://127.0.0.1@example.com",
        "http://example.com#@127.0.0.1",
        "ftp://127.0.0.1",
        "127.0.0.1:8080",
        "https://",
        "https://example.com/path",
        "https://example.com/?query",
        "https://user:secret@example.com",
        "https://example.com:99999",
        "https://exam ple.com",
        "https://example.com\r\nX: y",
    ],
)
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL"])
def test_endpoint(start, api, variable, url):
    function = start(**{"AWS_ENDPOINT_URL_SNS": None, variable: url})
    assert_init_error(function, api, "Function.ConfigInvalid", variable)


@pytest.mark.parametrize("variable", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
def test_endpoint_with_a_variant(start, api, variable):
    """An override and a variant contradict each other."""
    assert_init_error(start(**{variable: "true"}), api, "Function.ConfigInvalid", variable)


def test_ca_bundle_that_is_not_there(start, api, tmp_path):
    bundle = str(tmp_path / "missing.pem")
    function = start(AWS_CA_BUNDLE=bundle)
    assert_init_error(function, api, "Function.ConfigInvalid", "AWS_CA_BUNDLE", bundle)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1e3", "99999999999999999999"])
def test_number_of_attempts(start, api, value):
    function = start(AWS_MAX_ATTEMPTS=value)
    assert_init_error(function, api, "Function.ConfigInvalid", "AWS_MAX_ATTEMPTS", value)


@pytest.mark.parametrize(
    ("variable", "value", "least", "most"),
    [
        ("ALERT_MAX_BYTES", value, "32768", "1048576")
        for value in ("0", "32767", "1048577", "-32768", "1e5", "262144 ", "256k", "0x10000")
    ]
    + [
        ("ALERT_MAX_PER_SECOND", value, "0", "100")
        for value in ("-1", "101", "0.5", "five", "+5", "99999999999999999999")
    ],
)
def test_number(start, api, variable, value, least, most):
    function = start(**{variable: value})
    assert_init_error(function, api, "Function.ConfigInvalid", variable, value, least, most)


@pytest.mark.parametrize("value", ["json", "structured,email", "ocsf ", "sms", "x" * 300])
def test_format(start, api, value):
    words = (value[:60], "structured", "email", "ocsf", "chat")
    function = start(ALERT_FORMAT=value)
    assert_init_error(function, api, "Function.ConfigInvalid", "ALERT_FORMAT", *words)


GOOD_ENTRY = "111122223333=prod"


@pytest.mark.parametrize(
    ("names", "number", "entry"),
    [
        ("prod", "1", "prod"),
        ("111122223333", "1", "111122223333"),
        ("111122223333=", "1", "111122223333="),
        ("111122223333= ", "1", "111122223333="),
        ("=prod", "1", "=prod"),
        ("11112222333=prod", "1", "11112222333=prod"),
        ("1111222233334=prod", "1", "1111222233334=prod"),
        ("11112222333x=prod", "1", "11112222333x=prod"),
        ("prod=111122223333", "1", "prod=111122223333"),
        (f"{GOOD_ENTRY},", "2", ""),
        (f"{GOOD_ENTRY},,444455556666=log", "2", ""),
        (f"{GOOD_ENTRY}, 444455556666", "2", "444455556666"),
        (f"{GOOD_ENTRY}, {GOOD_ENTRY}", "2", GOOD_ENTRY),
        (f"{GOOD_ENTRY},444455556666=log,111122223333=other", "3", "111122223333=other"),
        ("111122223333=" + "x" * 65, "1", "111122223333=xxxx"),
        ("111122223333=" + "\u00e9" * 33, "1", "111122223333="),
        ("111122223333=a\tb", "1", "111122223333=a"),
        ("111122223333=a\nb", "1", "111122223333=a"),
        ("111122223333=a\x7fb", "1", "111122223333=a"),
        ("111122223333=caf\udce9", "1", "111122223333=caf"),  # a byte that is no UTF-8
    ],
)
def test_account_names(start, api, names, number, entry):
    """The message says which entry it is that is wrong, and shows it."""
    function = start(ALERT_ACCOUNT_NAMES=names)
    words = ("ALERT_ACCOUNT_NAMES", f"entry {number}", entry)
    assert_init_error(function, api, "Function.ConfigInvalid", *words)


def rule_without(line_start):
    return "".join(
        line for line in RULE.splitlines(True) if not line.strip().startswith(line_start)
    )


BAD_RULES = {  # name: (text, the line that the message must name, if it is one)
    "empty": ("", 1),
    "no map": ("just text\n", 1),
    "no YAML": ("title: [unclosed\n", None),
    "unsupported modifier": (RULE.replace("eventName:", "eventName|base64:"), 8),
    "unknown modifier": (RULE.replace("eventName:", "eventName|unknown:"), 8),
    "unknown selection": (RULE.replace("condition: selection", "condition: missing"), 9),
    "aggregation": (RULE.replace("condition: selection", "condition: selection | count() > 5"), 9),
    "other log source": (RULE.replace("service: cloudtrail", "service: guardduty"), 5),
    "unknown level": (RULE.replace("level: low", "level: loud"), 10),
    "id that is no UUID": (RULE.replace(RULE_ID, "not-a-uuid"), 2),
    "no id": (rule_without("id:"), None),
    "no condition": (rule_without("condition:"), None),
    "two detections": (RULE + "detection: {}\n", None),
    "two documents": (RULE + "---\n" + RULE, None),
}


@pytest.mark.parametrize(("text", "line"), BAD_RULES.values(), ids=BAD_RULES)
def test_rule(start, api, tmp_path, text, line):
    """A rule that cannot be honoured is refused by file and line, even beside a good one."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "bad.yml").write_text(text)
    (rules / "good.yml").write_text(RULE.replace(RULE_ID, RULE_ID.replace("a5", "b5")))
    where = f"bad.yml:{line}: " if line else "bad.yml:"
    assert_init_error(start(LAMBDA_TASK_ROOT=str(tmp_path)), api, "Function.RulesInvalid", where)


def test_two_rules_with_one_id(start, api, tmp_path):
    rules = tmp_path / "rules"
    rules.mkdir()
    for name in ("first.yml", "second.yml"):
        (rules / name).write_text(RULE)
    function = start(LAMBDA_TASK_ROOT=str(tmp_path))
    assert_init_error(function, api, "Function.RulesInvalid", "second.yml", RULE_ID)


def test_folder_without_rules(start, api, tmp_path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/notes.txt").write_text("no rule")
    assert_init_error(start(LAMBDA_TASK_ROOT=str(tmp_path)), api, "Function.RulesInvalid", "rules")


def test_no_folder(start, api, tmp_path):
    function = start(LAMBDA_TASK_ROOT=str(tmp_path / "missing"))
    assert_init_error(function, api, "Function.RulesInvalid", "missing")


@pytest.mark.parametrize("steps", [reply(403), reply(500), [RESET]], ids=["403", "500", "reset"])
def test_answer_to_init_error_does_not_matter(start, api, steps):
    api.post_replies.append(steps)
    assert_init_error(start(ALERT_TOPIC_ARN=None), api, "Function.ConfigInvalid")


@pytest.mark.parametrize(
    "address", [None, "", "127.0.0.1", "http://127.0.0.1:1", "user@127.0.0.1:1", "127.0.0.1:1/x"]
)
def test_runtime_api_address(start, api, address):
    """Without it there is nobody to tell: the log says it."""
    function = start(AWS_LAMBDA_RUNTIME_API=address)
    assert function.wait() == 1
    assert (
        function.log[-1]["level"] == "FATAL"
        and "AWS_LAMBDA_RUNTIME_API" in function.log[-1]["message"]
    )
    assert api.requests == []
