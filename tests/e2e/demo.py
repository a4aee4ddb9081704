"""make demo: events go in at the real Runtime Interface Emulator, alerts come out at subscribers.

    demo.py [EVENT ...]     each EVENT a file; without one, two of events/

Exits with 0 if every alert that had to come came, to all subscribers.
"""

import json
import pathlib
import signal
import sys
import tempfile
import textwrap

from harness import events
from harness.certificates import Authority
from harness.cloud import EMAIL_ADDRESS, PHONE_NUMBER, Cloud
from harness.emulator import EMULATOR, Emulator
from harness.function import BOOTSTRAP, ROOT, environment

SHOWN = ("enable-region-assumed-role-sso", "enable-region-access-denied")
REASONS = {
    "filter": "a filter is an exception to it",
    "duplicate": "this process has published it already",
}
LONG = 1000  # characters of a JSON text that are shown
WIDTH = 96


def main(arguments):
    paths = [pathlib.Path(argument) for argument in arguments] or [
        events.FOLDER / f"{name}.json" for name in SHOWN
    ]
    for path in (BOOTSTRAP, EMULATOR, *paths):
        if not path.is_file():
            print(f"There is no file {path}.", file=sys.stderr)
            return 2
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        return show_all(paths, must_alert=not arguments, folder=pathlib.Path(folder))


def show_all(paths, must_alert, folder):
    """Starts the parts, sends each event through, and ends the parts again."""
    authority = Authority(folder, "demo-ca")
    with Cloud(authority, folder) as cloud:
        env = environment(cloud.url, authority.bundle, cloud.publisher, cloud.topic_arn)
        with Emulator(env, folder) as emulator:
            introduce(cloud, emulator)
            results = []
            for number, path in enumerate(paths, 1):
                heading(f"{number} of {len(paths)}  {relative(path)}")
                results.append(show(cloud, emulator.invoke(path.read_bytes()), must_alert))
    return 0 if all(results) else 1


def introduce(cloud, emulator):
    print(
        f"""
From an EnableRegion event to its alert, on this machine alone

  function     {relative(BOOTSTRAP)}, as it would be deployed
  Lambda       the real Runtime Interface Emulator, on 127.0.0.1:{emulator.port}
  SNS          moto over TLS with a CA of its own, on {cloud.url}
               IAM authentication is on; the function's role may do sns:Publish, nothing else
  subscribed   {EMAIL_ADDRESS} by email and email-json, {PHONE_NUMBER} by sms,
               a chat client by https, an SQS queue, a webhook by http

One publish carries a text for each protocol. moto delivers to queue, webhook and chat client; of
e-mail and SMS it keeps the published message, of which the text is picked here as SNS would."""
    )


def show(cloud, answer, must_alert):
    """Prints what came of one event. True if that is as it must be."""
    label("The function answered")
    print(indent(pretty(answer)))
    if "errorType" in answer:
        print("\n  This is an invocation error: Lambda would retry, then park the event.")
        return False
    if not answer["matched"]:
        label("No alert: no rule matches this event")
        return not must_alert
    texts = take_texts(cloud) if answer["alerts"] else {}
    arrived = [show_alert(alert["messageId"], texts) for alert in answer["alerts"]]
    for match in answer["suppressed"]:
        label(f"No alert of rule {match['ruleId']}: {REASONS[match['reason']]}")
    return all(arrived) and len(arrived) + len(answer["suppressed"]) == answer["matched"]


def take_texts(cloud):
    """{protocol: {message id: (subject, text)}} of all that the subscribers got."""
    texts = {protocol: cloud.sent(protocol) for protocol in ("email", "email-json", "sms")}
    for protocol, subscriber in cloud.subscribers.items():
        texts[protocol] = {
            envelope["MessageId"]: (envelope["Subject"], envelope["Message"])
            for envelope in subscriber.take()
        }
    return texts


def show_alert(message_id, texts):
    """Prints one alert as its subscribers have it. True if all have it."""
    missing = [protocol for protocol in texts if message_id not in texts[protocol]]
    if missing:
        label(f"MISSING: alert {message_id} did not reach {', '.join(missing)}")
        return False
    subject, email = texts["email"][message_id]
    label(f"email, email-json: {EMAIL_ADDRESS} gets")
    print(indent(f"Subject: {subject}\n\n{email}"))
    label(f"sms: {PHONE_NUMBER} gets")
    print(indent(texts["sms"][message_id][1]))
    label("https: the chat client gets this card, as Amazon Q Developer shows it in Slack or Teams")
    print(indent(pretty(json.loads(texts["https"][message_id][1]))))
    finding = texts["sqs"][message_id][1]
    label("sqs: the queue gets this OCSF finding (raw_data, the event itself, is cut here)")
    print(indent(pretty(json.loads(finding))))
    same = texts["http"][message_id][1] == finding
    label(
        f"http: the webhook gets {'the same finding' if same else 'ANOTHER TEXT'},"
        f" {len(finding.encode()):,} bytes"
    )
    return same


def pretty(value, indentation=""):
    """The JSON value with what fits on one line on one line, and long texts of it cut."""
    line = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and len(value) > LONG:
        return f"{json.dumps(value[:LONG], ensure_ascii=False)}... ({len(value):,} characters)"
    if not isinstance(value, (dict, list)) or len(indentation + line) <= WIDTH:
        return line
    inner = indentation + "  "
    if isinstance(value, dict):
        lines = [f'{inner}"{key}": {pretty(member, inner)}' for key, member in value.items()]
    else:
        lines = [inner + pretty(member, inner) for member in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return "\n".join([opening, ",\n".join(lines), indentation + closing])


def heading(text):
    print(f"\n\n{text}\n{'=' * len(text)}")


def label(text):
    print(f"\n{text}\n{'-' * len(text)}\n")


def indent(text):
    return textwrap.indent(text.rstrip("\n"), "  ")


def relative(path):
    """The path as a reader of the repository knows it."""
    path = path.resolve()
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything started is ended
    sys.exit(main(sys.argv[1:]))
