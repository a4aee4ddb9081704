"""The real Runtime Interface Emulator around the bootstrap."""

import json
import os
import pathlib
import subprocess
import urllib.error
import urllib.request

from harness.function import BOOTSTRAP, ROOT, RUNTIME
from harness.processes import Process, free_port, listening, wait_until

EMULATOR = pathlib.Path(os.environ.get("EMULATOR", ROOT / "build/aws-lambda-rie")).resolve()


class Emulator(Process):
    """One emulator with one function behind it, on loopback addresses only.

    It starts the bootstrap at the first event. It serves one event at a time and crashes on two.
    """

    def __init__(self, env, folder, program=BOOTSTRAP, wrapper=()):
        self.port = free_port()
        self.api_port = free_port()
        addresses = [
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{self.port}",
            "--runtime-api-address",
            f"127.0.0.1:{self.api_port}",
        ]
        super().__init__([*wrapper, EMULATOR, *addresses, program], env, folder, "emulator")
        wait_until(lambda: listening(self.port) or not self.running, what="the emulator")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def invoke(self, event):
        """The answer to the event, as an object.

        An invocation error comes as a 200 too: look for errorType. An init error comes as a 502.
        """
        return json.loads(self.post(event).decode("utf-8"))

    def post(self, event):
        """The answer to the event, as bytes."""
        _, _, body = self.ask(event)
        assert body, f"the emulator answered nothing:\n{self.stderr}"
        return body

    def ask(self, event, **headers):
        """Status, headers and body of the answer to the event; Some_Name=value is a header."""
        return self.ask_once(event, **headers)

    def ask_once(self, event, **headers):
        """The same, also where the answer is that no worker is free."""
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/function/invocations"
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data=event, headers=headers)
        try:
            with _OPENER.open(request, timeout=60) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


class ManagedEmulator(Emulator):
    """The same as on Lambda Managed Instances: several events at once.

    There the function is /var/task/bootstrap, and another user's: it gets a /var of its own.
    """

    def __init__(self, env, folder, program, concurrency):
        libraries = RUNTIME / "installed/lib"
        in_var = (
            "mount -t tmpfs -o mode=755 tmpfs /var && mkdir /var/task && "
            'cp "$0" /var/task/bootstrap && mkdir /var/task/lib && '
            'if [ -d "$1" ]; then cp -r "$1/." /var/task/lib; fi && shift && exec "$@"'
        )
        env = env | {
            "AWS_LAMBDA_MAX_CONCURRENCY": str(concurrency),
            "LD_LIBRARY_PATH": "/var/task/lib",
        }
        wrapper = ["unshare", "--mount", "sh", "-euc", in_var, program, libraries]
        super().__init__(env, folder, "/var/task/bootstrap", wrapper)

    def ask(self, event, **headers):
        """As above, but the event is sent again while no worker is free to take it."""
        return wait_until(
            lambda: _unless_busy(self.ask_once(event, **headers)), what="a free worker"
        )

    @staticmethod
    def possible():
        """Whether this machine lets us have a /var of our own."""
        command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/var"]
        return subprocess.run(command, capture_output=True).returncode == 0


def _unless_busy(answer):
    return None if b'"Runtime.Unavailable"' in answer[2] else answer


_OPENER = urllib.request.build_opener(
    urllib.request.ProxyHandler({})
)  # loopback: never through a proxy
