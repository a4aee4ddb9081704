"""lambda-c-runtime under the real emulator: the programs of runtime/examples/."""

import json

import pytest

from harness.emulator import Emulator
from harness.function import RUNTIME
from harness.processes import wait_until

EXAMPLES = RUNTIME / "examples"


@pytest.fixture
def emulator(tmp_path):
    """Starts an example behind an emulator."""
    running = []

    def start(example):
        env = {"PATH": "/usr/bin:/bin", "AWS_LAMBDA_FUNCTION_TIMEOUT": "10"}
        running.append(Emulator(env, tmp_path, EXAMPLES / example))
        return running[-1]

    yield start
    for emulator in running:
        emulator.stop()


@pytest.mark.parametrize(
    "event",
    [b'{"a":1}', '"\u00e9 \U0001f30d"'.encode(), bytes(range(256)), b'"' + b"x" * 5000000],
    ids=["json", "utf-8", "every byte", "5 MB"],
)
def test_echo(emulator, event):
    """An event comes back byte for byte, and the process serves the next one."""
    echo = emulator("echo")
    assert echo.post(event) == event
    assert echo.post(b"[2]") == b"[2]"


def test_error(emulator):
    answer = emulator("custom_error").invoke(b"{}")
    assert answer["errorType"] == "Function.EventEmpty"
    assert "send an object with members" in answer["errorMessage"]


def test_http(emulator):
    request = {
        "rawPath": "/hello",
        "requestContext": {"http": {"method": "GET"}},
        "queryStringParameters": {"name": "Zo\u00eb"},
    }
    answer = emulator("http").invoke(json.dumps(request).encode())
    assert (answer["statusCode"], answer["body"]) == (200, "Hello, Zo\u00eb!\n")


def test_stream(emulator):
    """The emulator collects the pieces, and does not look into them."""
    stream = emulator("stream")
    assert stream.post(b"[1]").partition(bytes(8))[2] == b"3\n2\n1\nlift-off\n"
    assert stream.post(b"{}").endswith(b"3\n2\n1\n")


def test_sigterm_comes_where_there_is_a_shutdown_hook(emulator):
    hooks = emulator("hooks")
    assert [hooks.invoke(b"{}") for _ in range(3)] == [1, 2, 3]
    assert "Internal agent lambda-c-runtime" in hooks.stderr
    hooks.terminate()
    wait_until(lambda: "goodbye" in hooks.stdout + hooks.stderr, what="the hook's last word")


def test_no_extension_where_there_is_none(emulator):
    echo = emulator("echo")
    echo.post(b"[1]")
    assert "Internal agent" not in echo.stderr
