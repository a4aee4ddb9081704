"""What a process may be started with, and when it may die; then Lambda starts another."""

import functools
import socket
import time

from books import SANITIZED
from fault import EVENT, LARGE, LARGE_KIB, PUBLISHED, Fault, starts_with
from harness.processes import wait_until
from harness.wire import SILENCE, reply

MOUNT_TMP = 'mount --bind /tmp /tmp && mount -o remount,ro,bind /tmp && exec "$@"'


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


def limit_memory(mib):
    return ["prlimit", f"--as={mib << 20}"]


def event_has_no_room(run):
    """There is no memory to receive it; the next event is a smaller one."""
    run.start(limit_memory(15))
    run.deliver(LARGE)
    run.deliver(EVENT)
    run.finish()


def event_cannot_be_read(run):
    """It was received, and there is no memory for its tree."""
    run.start(limit_memory(22))
    run.hand_out(LARGE)
    assert run.function.wait() == 1
    run.keep_log()
    assert run.logs[-1]["message"] == "out of memory: this process ends"
    again(run, LARGE)


LITTLE_MEMORY = [
    starts_with("64 MB of address space", PUBLISHED, 1, before=limit_memory(64)),
    Fault("no memory for a large event", event_has_no_room,
          ["Runtime.OutOfMemory", PUBLISHED], 1),
    Fault("no memory for the tree of a large event", event_cannot_be_read,
          ["died", PUBLISHED], 1, memory_kib=LARGE_KIB),
]
ENVIRONMENT = [
    starts_with("no credentials", "Function.NoCredentials", 0,
                changes={"AWS_ACCESS_KEY_ID": None}),
    starts_with("no secret key", "Function.NoCredentials", 0,
                changes={"AWS_SECRET_ACCESS_KEY": ""}),
    starts_with("/tmp is read-only", PUBLISHED, 1,
                before=["unshare", "--mount", "sh", "-c", MOUNT_TMP, "sh"], mounts=True),
    starts_with("no home", PUBLISHED, 1, changes={"HOME": "/nonexistent"}),
    starts_with("16 descriptors", PUBLISHED, 1, before=["prlimit", "--nofile=16"]),
    *([] if SANITIZED else LITTLE_MEMORY),
    starts_with("a token with a line break", "Function.NoCredentials", 0,
                changes={"AWS_SESSION_TOKEN": "a\r\nb"}),
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
