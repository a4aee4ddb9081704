"""The fault matrix: one row a fault, with the one way in which it must end."""

import contextlib
import dataclasses
import functools
import socket
import ssl
import threading
import time

from books import SANITIZED
from harness import events
from harness.certificates import Authority
from harness.processes import wait_until
from harness.sns import Sns, accepted, refused
from harness.wire import CLOSE, HALF_CLOSE, RESET, SILENCE, drip, reply

EVENT = events.read("enable-region-iam-user")
LARGE = events.sized(5_900_000)
LARGE_KIB = 96 * 1024
PUBLISHED = "1 published, 0 suppressed"
DUPLICATE = "0 published, 1 suppressed"
UNREACHABLE = "Function.PublishUnreachable"
UNTRUSTED = "Function.PublishUntrusted"
DENIED = "Function.PublishDenied"
REJECTED = "Function.PublishRejected"
(ACCEPTED,) = accepted("0f9f3b0e-1f0a-4b7e-9a51-5f3a0e3a0001")
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HTML = reply(503, b"<html><title>503</title></html>", [("Content-Type", "text/html")])
INTERNAL = refused(500, "InternalError", "x")
MOUNT_TMP = 'mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp && exec "$@"'


@dataclasses.dataclass(frozen=True)
class Fault:
    """`act` makes the fault in a Run; the invocations must end as in `ends`, one after another."""

    name: str
    act: object
    ends: list
    attempts: int
    seconds: float = 2.0  # at most, for any one invocation
    memory_kib: int = 24 * 1024
    slow: bool = False
    as_root: bool = False


# --- SNS ---


def sns_says(name, *replies, ends, attempts, **more):
    """The replies to the first attempts; then SNS is well."""

    def act(run):
        run.sns.faults.extend(replies)
        run.start()
        run.deliver(EVENT)
        run.finish()

    return Fault(name, act, [ends], attempts, **more)


def once(name, fault, **more):
    """A fault that passes: a second attempt, and an alert."""
    return sns_says(f"{name}, then well", fault, ends=PUBLISHED, attempts=2, **more)


def stays(name, fault, ends=UNREACHABLE, **more):
    return sns_says(f"{name}, three times", fault, fault, fault, ends=ends, attempts=3, **more)


def refuses(code, status, ends):
    return sns_says(code, refused(status, code, "x"), ends=ends, attempts=1)


def on_a_kept_connection(name, steps):
    def act(run):
        run.start()
        run.deliver(EVENT)
        run.sns.faults.append(steps)
        run.deliver(events.anew(EVENT))
        run.finish()

    return Fault(f"{name} on a kept connection", act, [PUBLISHED] * 2, 3)


def clock_is_off(run):
    """SNS refuses a signature that is an hour old; it must be told as that, once."""
    run.sns.faults.append(refused(403, "RequestTimeTooSkewed", "x"))
    run.start()
    assert "clock" in run.deliver(EVENT).error_message
    run.finish()


def one_rule_fails(run):
    """The other is published; Lambda's retry publishes what is missing, and only that."""
    run.add_rules()
    run.sns.faults.extend([None, refused(403, "AuthorizationError", "x")])
    run.start()
    event = events.vary(userIdentity=events.load()["detail"]["userIdentity"] | {"userName": "bob"})
    run.deliver(event)
    run.deliver(event)
    run.finish()


def same_event(times):
    def act(run):
        run.start()
        for _ in range(times):
            run.deliver(EVENT)
        run.finish()

    return Fault(f"the same event {times} times", act, [PUBLISHED] + [DUPLICATE] * (times - 1), 1)


SNS = [
    once("500", INTERNAL),
    once("503 HTML", HTML),
    once("429", reply(429)),
    once("Throttling", refused(400, "Throttling", "x")),
    once("KMSThrottling", refused(400, "KMSThrottling", "x")),
    stays("500", INTERNAL),
    stays("KMSThrottling", refused(400, "KMSThrottling", "x"), "Function.PublishThrottled",
          seconds=5, slow=True),
    refuses("ExpiredToken", 403, DENIED),
    refuses("InvalidClientTokenId", 403, DENIED),
    refuses("SignatureDoesNotMatch", 403, DENIED),
    refuses("AuthorizationError", 403, DENIED),
    refuses("KMSAccessDenied", 400, DENIED),
    refuses("KMSDisabled", 400, REJECTED),
    refuses("KMSInvalidState", 400, REJECTED),
    refuses("KMSNotFound", 400, REJECTED),
    refuses("KMSOptInRequired", 403, DENIED),
    refuses("NotFound", 404, REJECTED),
    refuses("InvalidParameter", 400, REJECTED),
    refuses("InvalidSecurity", 403, DENIED),
    Fault("a clock an hour off", clock_is_off, [DENIED], 1),
    Fault("two rules, one publish refused, and Lambda's retry", one_rule_fails,
          [DENIED, "1 published, 1 suppressed"], 3),
    same_event(2),
    same_event(1000),
]

REPLIES = [
    once("garbage", reply(200, bytes(range(256)))),
    once("no HTTP", [b"220 smtp.example.com ESMTP\r\n", CLOSE]),
    once("200 HTML", reply(200, b"<html></html>")),
    once("200 without MessageId", reply(200, b"<PublishResponse></PublishResponse>")),
    once("oversize", reply(200, b"x" * 8_000_000)),
    once("broken chunked", [CHUNKED + b"ZZ\r\nx\r\n"]),
    once("chunked and cut off", [CHUNKED + b"10\r\n<Pub", CLOSE]),
    once("reset in the headers", [HEAD + b"Conte", RESET]),
    once("reset in the body", [HEAD + b"Content-Length: 99\r\n\r\n<Pub", RESET]),
    once("half-closed", [HALF_CLOSE]),
    once("half-closed in the body", [HEAD + b"Content-Length: 99\r\n\r\n<Pub", HALF_CLOSE]),
    once("200 taken, its end lost", [ACCEPTED[:-20], CLOSE]),
    stays("200 without MessageId", reply(200, b"<PublishResponse></PublishResponse>")),
    stays("broken chunked", [CHUNKED + b"ZZ\r\nx\r\n"]),
    stays("close", [CLOSE]),  # libcurl would send again on its own, and nobody would count it
    stays("reset", [RESET]),
    on_a_kept_connection("reset", [RESET]),
    on_a_kept_connection("close", [CLOSE]),
]

# --- time ---


def before_deadline(name, steps, seconds, attempts, **more):
    def act(run):
        run.sns.faults.extend([steps] * 9)
        run.start()
        run.deliver(EVENT, deadline_s=seconds)
        run.finish()

    return Fault(name, act, [UNREACHABLE], attempts, seconds, **more)


TIME = [
    before_deadline("a deadline that leaves 50 ms", SILENCE, 0.55, 0),
    before_deadline("a deadline in 50 ms", SILENCE, 0.05, 0),
    before_deadline("a black hole until the deadline", SILENCE, 2, 3),
    before_deadline("one byte a second", drip(ACCEPTED, 1), 4, 3, slow=True),
]

# --- TLS and the network ---


def impostor(name, make_context, ends=UNTRUSTED):
    """A server that must not get one byte of HTTP."""

    def act(run):
        server = Sns(run.authority.issue("impostor"))
        server._tls = make_context(run)
        with server:
            run.start(AWS_ENDPOINT_URL_SNS=server.url)
            run.deliver(EVENT)
            run.finish()
            assert server.connections > 0 and server.received_bytes == 0

    return Fault(name, act, [ends], 0)


def old_protocol(run):
    context = run.authority.issue("old").server_context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def expired(run):
    return run.authority.issue("expired", days=(-2, -1)).server_context()


def wrong_host(run):
    return run.authority.issue("host", names=["sns.us-east-1.amazonaws.com"]).server_context()


def self_signed(run):
    return Authority(run.folder, "another").issue("sns").server_context()


def starts_with(name, ends, attempts, before=(), changes=None, make=None, **more):
    """A process in another environment, and one event."""

    def act(run):
        new = make(run) if make else changes or {}
        run.start(before, **new)
        run.deliver(EVENT)
        run.finish()

    return Fault(name, act, [ends], attempts, **more)


NAME_SERVER = ("127.0.0.153", 53)


@contextlib.contextmanager
def name_server(reply_to):
    """A DNS server that answers with reply_to(query), "" for nothing; an empty query ends it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(NAME_SERVER)

        def serve():
            while True:
                query, peer = server.recvfrom(512)
                if not query:
                    return
                if answer := reply_to(query):
                    server.sendto(answer, peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.sendto(b"", NAME_SERVER)
            thread.join()


def resolver(name, server, seconds, **more):
    """The real name of SNS, and a resolv.conf that names a server of ours."""

    def act(run):
        conf = run.folder / "resolv.conf"
        conf.write_text(f"nameserver {NAME_SERVER[0]}\n")
        script = f'mount --bind {conf} /etc/resolv.conf && exec "$@"'
        with server:
            run.start(["unshare", "--mount", "sh", "-c", script, "sh"], AWS_ENDPOINT_URL_SNS=None)
            run.deliver(EVENT, deadline_s=4)
            run.finish()

    return Fault(name, act, [UNREACHABLE], 0, seconds, as_root=True, **more)


def no_such_name(query):
    return query[:2] + b"\x81\x83" + query[4:]


def nothing(query):
    return b""


NETWORK = [
    impostor("TLS 1.1", old_protocol, UNREACHABLE),
    impostor("TLS: expired", expired),
    impostor("TLS: another host", wrong_host),
    impostor("TLS: self-signed", self_signed),
    starts_with("TLS: no CA file", UNTRUSTED, 0, changes={"AWS_CA_BUNDLE": "/nonexistent"}),
    starts_with("nobody listens", UNREACHABLE, 0,
                changes={"AWS_ENDPOINT_URL_SNS": "https://127.0.0.1:1"}),
    resolver("DNS: no such name", name_server(no_such_name), 2),
    resolver("DNS: no server", contextlib.nullcontext(), 4, slow=True),
    resolver("DNS: a server that never answers", name_server(nothing), 4, slow=True),
    starts_with("proxy variables", PUBLISHED, 1, changes=dict.fromkeys(
        ["http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"], "http://127.0.0.1:1")),
]

# --- the environment ---


def rules_folder(name, fill):
    def act(run):
        fill(run.folder)
        run.start(LAMBDA_TASK_ROOT=str(run.folder))
        run.refuse_to_start()

    return Fault(name, act, ["init Function.RulesInvalid"], 0)


def empty_folder(folder):
    (folder / "rules").mkdir()


def bad_rule(folder):
    empty_folder(folder)
    (folder / "rules/bad.yml").write_text("title: [")


ENVIRONMENT = [
    starts_with("no credentials", "Function.NoCredentials", 0,
                changes={"AWS_ACCESS_KEY_ID": None}),
    starts_with("no secret key", "Function.NoCredentials", 0,
                changes={"AWS_SECRET_ACCESS_KEY": ""}),
    starts_with("/tmp is read-only", PUBLISHED, 1,
                before=["unshare", "--mount", "sh", "-c", MOUNT_TMP, "sh"], as_root=True),
    starts_with("no home", PUBLISHED, 1, changes={"HOME": "/nonexistent"}),
    starts_with("16 descriptors", PUBLISHED, 1, before=["prlimit", "--nofile=16"]),
    *([] if SANITIZED else [starts_with("64 MB of address space", PUBLISHED, 1,
                                        before=["prlimit", "--as=67108864"])]),
    rules_folder("no rules folder", lambda folder: None),
    rules_folder("an empty rules folder", empty_folder),
    rules_folder("a bad rule", bad_rule),
]

# --- kill -9; Lambda hands the event to a new process ---


def again(run, event):
    run.start()
    run.deliver(event)
    run.finish()


def killed_before_next(run):
    """While it connects to SNS; no event has been handed out."""
    run.sns.answer_head = SILENCE
    run.start()
    wait_until(lambda: run.sns.requests, what="the early connection")
    run.kill()
    run.sns.answer_head = reply(404)
    again(run, EVENT)


def killed_after_next(run):
    """The event has come, and not a byte of it was read."""
    run.start()
    wait_until(lambda: run.api.gets, what="/next")
    run.freeze()
    run.hand_out(EVENT)
    run.kill()
    again(run, EVENT)


def waits(run, count):
    """True once so many processes have asked for an event."""
    return len(run.api.gets) == count


def killed_while_parsing(run):
    """Some milliseconds after a large event was handed out, each time others."""
    for moment in range(10):
        run.start()
        wait_until(functools.partial(waits, run, moment + 1), what="/next")
        run.hand_out(LARGE)
        time.sleep(moment * 0.002)
        run.kill()
    again(run, LARGE)


def killed_in_the_handshake(run):
    """The server has got a ClientHello and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        run.start(AWS_ENDPOINT_URL_SNS=f"https://127.0.0.1:{silent.getsockname()[1]}")
        wait_until(lambda: run.api.gets, timeout=5, what="/next")
        run.hand_out(EVENT)
        early, _ = silent.accept()
        with early, silent.accept()[0] as sock:
            assert sock.recv(1) == b"\x16"  # a record of the handshake
            run.kill()
    again(run, EVENT)


def killed_after_taken(run):
    """SNS has taken the alert; Lambda does not know, so another goes out: two, never none."""
    run.sns.on_attempt = run.freeze
    run.start()
    run.hand_out(EVENT)
    wait_until(lambda: run.sns.taken, what="the alert")
    run.sns.on_attempt = None
    run.kill()
    again(run, EVENT)


KILLED = [
    Fault("kill -9 before /next", killed_before_next, [PUBLISHED], 1),
    Fault("kill -9 after /next", killed_after_next, ["died", PUBLISHED], 1),
    Fault("kill -9 in the middle of the handshake", killed_in_the_handshake,
          ["died", PUBLISHED], 1, slow=True),
    Fault("kill -9 after SNS took it, before the response", killed_after_taken,
          ["died", PUBLISHED], 2),
    Fault("kill -9 at ten moments of a large event", killed_while_parsing,
          ["died"] * 10 + [PUBLISHED], None, memory_kib=LARGE_KIB),
]

FAULTS = SNS + REPLIES + TIME + NETWORK + ENVIRONMENT + KILLED
