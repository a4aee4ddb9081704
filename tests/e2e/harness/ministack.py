"""AWS played by ministack: its FIFO topic deduplicates as AWS does. It checks no signature."""

import os
import sys

from harness.aws import Queue, connect
from harness.processes import Process, free_port, listening, wait_until
from harness.sns import CREDENTIALS


class Ministack(Process):
    """One ministack with a FIFO topic, and a FIFO queue that has subscribed to it."""

    def __init__(self, folder):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "SERVICES": "sns,sqs",
            "IOT_MTLS_ENABLED": "0",  # it would listen on every address
        }
        super().__init__([sys.executable, "-m", "ministack"], env, folder, "ministack")
        try:
            wait_until(lambda: listening(port), what=f"ministack; it said:\n{self.stderr}")
            self._set_up()
        except BaseException:
            self.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _set_up(self):
        sns = connect("sns", self.url, CREDENTIALS)
        attributes = {"FifoTopic": "true", "ContentBasedDeduplication": "false"}
        topic = sns.create_topic(Name="enable-region-alerts.fifo", Attributes=attributes)
        self.topic_arn = topic["TopicArn"]
        self.queue = Queue(connect("sqs", self.url, CREDENTIALS), "alerts.fifo", FifoQueue="true")
        sns.subscribe(TopicArn=self.topic_arn, Protocol="sqs", Endpoint=self.queue.arn)
