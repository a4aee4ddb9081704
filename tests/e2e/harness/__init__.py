"""What the tests and the demo run the bootstrap against: real parts and scripted ones."""
