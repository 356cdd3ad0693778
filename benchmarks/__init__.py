"""The same work measured, one command: `python -m benchmarks NAME`."""
