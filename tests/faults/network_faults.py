"""What may stand between the function and SNS: other servers, no servers, and name servers."""

import contextlib
import socket
import ssl
import threading
import time

from fault import EVENT, PUBLISHED, UNREACHABLE, UNTRUSTED, Fault, starts_with
from harness.certificates import Authority
from harness.sns import Sns


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


def resolver(name, server, seconds, ends=UNREACHABLE, attempts=0, **more):
    """The real name of SNS, and a resolv.conf that names a server of ours."""

    def act(run):
        conf = run.folder / "resolv.conf"
        conf.write_text(f"nameserver {NAME_SERVER[0]}\n")
        script = f'mount --bind {conf} /etc/resolv.conf && exec "$@"'
        with server:
            url = f"https://sns.us-east-1.amazonaws.com:{run.sns.port}"
            run.start(["unshare", "--mount", "sh", "-c", script, "sh"], AWS_ENDPOINT_URL_SNS=url)
            run.deliver(EVENT, deadline_s=4)
            run.finish()

    return Fault(name, act, [ends], attempts, seconds, mounts=True, **more)


def no_such_name(query):
    return query[:2] + b"\x81\x83" + query[4:]


def loopback_after_a_while(query):
    """The address 127.0.0.1, for a minute; nothing else is known of the name."""
    time.sleep(0.3)
    question = query[12 : query.index(b"\0", 12) + 5]
    is_address = question[-4:] == b"\0\1\0\1"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1" if is_address else b""
    return query[:2] + b"\x81\x80\0\1\0" + bytes([is_address]) + b"\0\0\0\0" + question + answer


def nothing(query):
    return b""


def nobody_accepts(run):
    """A listener whose queue is full: the kernel drops whoever knocks."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        with socket.create_connection(address):
            run.start(AWS_ENDPOINT_URL_SNS=f"https://127.0.0.1:{address[1]}")
            run.deliver(EVENT, deadline_s=4)
            run.finish()


def no_ca_file(run):
    run.start(AWS_CA_BUNDLE=str(run.folder / "none.pem"))
    run.refuse_to_start()


NETWORK = [
    impostor("TLS 1.1", old_protocol, UNREACHABLE),
    impostor("TLS: expired", expired),
    impostor("TLS: another host", wrong_host),
    impostor("TLS: self-signed", self_signed),
    Fault("TLS: no CA file", no_ca_file, ["init Function.ConfigInvalid"], 0),
    starts_with("TLS: a folder for a CA file", UNTRUSTED, 0, changes={"AWS_CA_BUNDLE": "/"}),
    starts_with("nobody listens", UNREACHABLE, 0,
                changes={"AWS_ENDPOINT_URL_SNS": "https://127.0.0.1:1"}),
    resolver("DNS: no such name", name_server(no_such_name), 2),
    resolver("DNS: no server", contextlib.nullcontext(), 4, slow=True),
    resolver("DNS: a server that never answers", name_server(nothing), 4, slow=True),
    resolver("DNS: a slow answer", name_server(loopback_after_a_while), 2, PUBLISHED, 1),
    Fault("connect time-out", nobody_accepts, [UNREACHABLE], 0, 4, slow=True),
    starts_with("proxy variables", PUBLISHED, 1, changes=dict.fromkeys(
        ["http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"], "http://127.0.0.1:1")),
]
