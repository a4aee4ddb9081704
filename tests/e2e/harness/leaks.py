"""No output of any test may hold credentials: kept here, looked through at the end."""

import urllib.parse

from harness.sns import CREDENTIALS

outputs = []  # the files that processes wrote to
leaks = []  # where a secret was found
secrets = set()  # plain, and as a form has them

SHORTEST = 16  # less is no secret, but a test of what is none
PART = 22  # of a token: the tests' own repeats itself


def keep(*values):
    """Counts these as secrets from now on, which is also for what was kept before."""
    for value in values:
        if len(value) >= SHORTEST:
            part = value[: max(PART, len(value) // 8)]
            secrets.update({part.encode(), urllib.parse.quote(part, safe="").encode()})


def watch(env, *paths):
    """A process was started with this environment, and writes to these files."""
    keep(env.get("AWS_SECRET_ACCESS_KEY", ""), env.get("AWS_SESSION_TOKEN", ""))
    outputs.extend(paths)


def search(data, where):
    """Notes a leak if the bytes hold a secret."""
    if any(secret in data for secret in secrets):
        leaks.append(where)


def check():
    """Fails if any output so far, or anything that was posted to Lambda, holds a secret."""
    for path in outputs:
        if path.exists():
            search(path.read_bytes(), path)
    assert leaks == [], leaks


keep(CREDENTIALS.secret, CREDENTIALS.token[:PART])
