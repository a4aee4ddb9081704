"""What the harness gives to every folder of tests."""

pytest_plugins = ["harness.fixtures"]
