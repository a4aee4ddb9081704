"""The AWS CLI kept warm: `aws` on the PATH asks a server that has it loaded to fork and run it.

A script makes a dozen calls, and starting the CLI is most of the time of each.
"""

import array
import json
import os
import socket
import sys

SERVICES = ("cloudformation", "cloudtrail", "events", "lambda", "sns", "sqs", "sts")
CLIENT = """#!/usr/bin/python3 -IS
import array, json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(__file__ + ".socket")
call = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
server.sendmsg([b" "], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])
server.sendall(call)
server.shutdown(socket.SHUT_WR)
sys.exit(server.recv(1)[0])
"""


def serve(path):
    """Serves until it is ended. Runs in build/awscli."""
    from awscli import clidriver
    from awscli.customizations import overridesslcommonname

    # Version 1 has another host for SQS, whatever AWS_ENDPOINT_URL says.
    overridesslcommonname.SSL_COMMON_NAMES.clear()
    driver = clidriver.create_clidriver()
    data = driver.session.get_component("data_loader")
    data.load_data_with_path("endpoints")
    for service in SERVICES:
        data.load_service_model(service, "service-2")
        data.load_service_model(service, "endpoint-rule-set-1")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{path}.socket")
    listener.listen()
    while True:
        client, _ = listener.accept()
        if os.fork() == 0:
            if os.fork() == 0:
                run(client, driver.main)
            os._exit(0)
        client.close()
        os.wait()


def run(client, main):
    """One call of the CLI, in a process of its own."""
    status = 255
    try:
        _, control, _, _ = client.recvmsg(1, socket.CMSG_SPACE(12))
        for number, descriptor in enumerate(array.array("i", control[0][2])):
            os.dup2(descriptor, number)
        call = b"".join(iter(lambda: client.recv(65536), b""))
        sys.argv[1:], environment, folder = json.loads(call)
        environment["AWS_DATA_PATH"] = os.environ["AWS_DATA_PATH"]  # the CLI sets it at its start
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        status = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as end:
        status = end.code
    finally:
        client.sendall(bytes([status & 255]))
        os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1])
