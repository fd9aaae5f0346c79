"""The Python client of the interoperability tests (grpcio, asyncio).

client.py run '{"plain": "host:port", "large": …, "gzip": …, "absent": …, "skip": {"scenario": "why"}}'
client.py lifecycle '{"plain": "host:port"}'
"""
import asyncio
import json
import sys

import grpc

import scenarios_lifecycle
from harness import Stub, run

LARGE = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]


class Environment:
    def __init__(self, settings):
        self.settings = settings
        self.plain = Stub(settings["plain"])
        if "large" in settings:
            self.large = Stub(settings["large"], LARGE)
            self.gzip = Stub(settings["gzip"], LARGE, grpc.Compression.Gzip)


async def main(mode, settings):
    env = Environment(settings)
    if mode == "lifecycle":
        return await scenarios_lifecycle.run(env)
    import scenarios_calls, scenarios_ends, scenarios_flow, scenarios_services  # noqa: F401, E401 (they register themselves, in this order)
    return await run(env, settings.get("skip", {}))


sys.exit(1 if asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]))) else 0)
