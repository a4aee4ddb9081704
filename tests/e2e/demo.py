"""make demo: events go in at the real Runtime Interface Emulator, alerts come out at subscribers.

    demo.py [EVENT ...]     each EVENT a file; without one, two of events/

Exits with 0 if every alert that had to come came, to all three subscribers.
"""

import json
import pathlib
import signal
import sys
import tempfile
import textwrap

from harness import events
from harness.certificates import Authority
from harness.cloud import EMAIL_ADDRESS, Cloud
from harness.emulator import EMULATOR, Emulator
from harness.function import BOOTSTRAP, ROOT, environment

SHOWN = ("enable-region-assumed-role-sso", "enable-region-access-denied")
LONG = 200  # characters of a JSON value that are shown


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
  subscribed   an SQS queue, an HTTP endpoint, {EMAIL_ADDRESS}"""
    )


def show(cloud, answer, must_alert):
    """Prints what came of one event. True if that is as it must be."""
    label("The function answered")
    print(indent(json.dumps(answer, indent=2)))
    if "errorType" in answer:
        print("\n  This is an invocation error: Lambda would retry, then park the event.")
        return False
    if not answer["matched"]:
        label("No alert: no rule matches this event")
        return not must_alert
    from_queue = by_message(cloud.take_from_queue())
    from_endpoint = by_message(cloud.take_from_endpoint())
    sent = {message_id: (subject, text) for message_id, subject, text in cloud.sent_emails()}
    arrived = [
        show_alert(alert["messageId"], sent, from_queue, from_endpoint)
        for alert in answer["alerts"]
    ]
    for match in answer["suppressed"]:
        label(f"No alert of rule {match['ruleId']}: a filter is an exception to it")
    return all(arrived) and len(arrived) + len(answer["suppressed"]) == answer["matched"]


def show_alert(message_id, sent, from_queue, from_endpoint):
    """Prints one alert as its subscribers have it. True if all three have it."""
    if message_id in sent:
        subject, text = sent[message_id]
        label(
            f"The e-mail to {EMAIL_ADDRESS}",
            'moto keeps only the published message; its "email" text is picked here as SNS would.',
        )
        print(indent(f"Subject: {subject}\n\n{text}"))
    queued = from_queue.get(message_id)
    if queued:
        label("The JSON that the SQS queue received", "Long values are shortened here.")
        print(
            indent(json.dumps(shorten(json.loads(queued["Message"])), indent=2, ensure_ascii=False))
        )
    posted = from_endpoint.get(message_id)
    if posted and queued and posted["Message"] == queued["Message"]:
        label(
            f"The HTTP endpoint received the same JSON, {len(posted['Message'].encode()):,} bytes"
        )
        return message_id in sent
    label(f"MISSING: alert {message_id} did not reach every subscriber")
    return False


def by_message(envelopes):
    return {envelope["MessageId"]: envelope for envelope in envelopes}


def shorten(value):
    """The same JSON with long strings cut, for reading."""
    if isinstance(value, dict):
        return {key: shorten(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shorten(member) for member in value]
    if isinstance(value, str) and len(value) > LONG:
        return f"{value[:LONG]}... ({len(value):,} characters)"
    return value


def heading(text):
    print(f"\n\n{text}\n{'=' * len(text)}")


def label(text, remark=None):
    print(f"\n{text}")
    if remark:
        print(f"({remark})")
    print()


def indent(text):
    return textwrap.indent(text.rstrip("\n"), "  ")


def relative(path):
    """The path as a reader of the repository knows it."""
    path = path.resolve()
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything started is ended
    sys.exit(main(sys.argv[1:]))
