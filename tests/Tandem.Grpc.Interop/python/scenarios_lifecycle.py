"""A server that stops and comes back. Says on its output how far it is; the driver stops and starts the server meanwhile."""
import asyncio
import sys

import grpc

from harness import equal, fails, new_id, request


async def told(word):
    line = await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    equal(line.strip(), word)


async def run(env):
    name = new_id()
    call = env.plain.Duplex(metadata=(("x-call-id", name),))
    await call.write(request(b"before"))
    equal((await call.read()).payload, b"before")
    print("open", flush=True)
    await told("stopping")
    # The server was told to stop: what is open still ends well.
    await call.write(request(b"after"))
    equal((await call.read()).payload, b"after")
    await call.done_writing()
    equal(await call.code(), grpc.StatusCode.OK)
    print("done", flush=True)
    await told("stopped")
    await fails(env.plain.Unary(request(b"x")), grpc.StatusCode.UNAVAILABLE)
    print("gone", flush=True)
    await told("started")
    equal((await env.plain.Unary(request(b"again"), wait_for_ready=True, timeout=30)).payload, b"again")
    held = env.plain.Unary(request(hold=True), metadata=(("x-call-id", name + "-held"),))
    await env.plain.observe(name + "-held", 1)
    print("back", flush=True)
    await told("killed")
    await fails(held, grpc.StatusCode.UNAVAILABLE)
    print("ended", flush=True)
    return 0
