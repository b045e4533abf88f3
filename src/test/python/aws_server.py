"""AWS Secrets Manager as moto plays it, on loopback, in memory. Prints its address, and ends with its standard input."""

import logging
import os
import sys

os.environ["MOTO_ALLOW_NONEXISTENT_REGION"] = "true"  # each test works in a region of its own

from moto.server import ThreadedMotoServer  # noqa: E402

logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
print(f"http://{host}:{port}/", flush=True)
sys.stdin.read()
server.stop()
