"""Many calls at once, slow readers, ends while the other side still sends."""
import asyncio

import grpc

from harness import Stub, collect, equal, failure, fails, new_id, request, scenario, status_of, true

CHUNK = 512 << 10
CHUNKS = 128
STREAMS = 1000


@scenario("1,000 streams at once")
async def _(env):
    calls = [env.plain.Duplex() for _ in range(STREAMS)]
    for i, call in enumerate(calls):
        await call.write(request(b"%d" % i))
    # Each has its answer while all the others are open.
    for i, call in enumerate(calls):
        equal((await call.read()).payload, b"%d" % i)
    for call in calls:
        await call.done_writing()
    for call in calls:
        equal(await call.code(), grpc.StatusCode.OK)


@scenario("1,000 unary calls at once")
async def _(env):
    replies = await asyncio.gather(*(env.plain.Unary(request(b"%d" % i)) for i in range(STREAMS)))
    equal([r.payload for r in replies], [b"%d" % i for i in range(STREAMS)])


async def at_rest(read):
    """The value once it has stayed the same for half a second."""
    last = await read()
    same = 0
    while same < 5:
        await asyncio.sleep(0.1)
        value = await read()
        same = same + 1 if value == last else 0
        last = value
    return last


@scenario("a slow reader of replies holds the server back")
async def _(env):
    name = new_id()
    call = env.plain.ServerStream(request(reply_sizes=[CHUNK] * CHUNKS), metadata=(("x-call-id", name),))
    await call.read()

    async def sent():
        return (await env.plain.observe(name, sent=1)).sent
    held = await at_rest(sent)
    true(held < CHUNKS // 2, f"the server sent {held} of {CHUNKS} replies of 512 KB to a client that does not read")
    left = 1
    while await call.read() is not grpc.aio.EOF:
        left += 1
    equal(left, CHUNKS)


@scenario("a slow reader of requests holds the client back")
async def _(env):
    name = new_id()
    call = env.plain.ClientStream(metadata=(("x-call-id", name),))
    written = 0

    async def write():
        nonlocal written
        for i in range(CHUNKS):
            await call.write(request(bytes(CHUNK), hold=True, hold_after=1) if i == 0 else request(bytes(CHUNK)))
            written += 1
        await call.done_writing()

    async def progress():
        return written
    writing = asyncio.ensure_future(write())
    await env.plain.observe(name, received=1)
    held = await at_rest(progress)
    true(held < CHUNKS // 2, f"{held} of {CHUNKS} requests of 512 KB could be written to a server that does not read")
    await env.plain.release(name)
    await writing
    equal((await call).received, CHUNKS)


async def write_until_refused(call):
    try:
        while True:
            await call.write(request(bytes(1000)))
    except (grpc.aio.AioRpcError, asyncio.InvalidStateError, asyncio.CancelledError):
        pass


@scenario("the server ends while the client still sends")
async def _(env):
    call = env.plain.ClientStream()
    await call.write(request(b"12345", stop_after=3))
    await write_until_refused(call)
    equal(((await call).received, await call.code()), (3, grpc.StatusCode.OK))

    call = env.plain.ClientStream()
    await call.write(request(b"12345", stop_after=1, status_code=8, status_message="full"))
    await write_until_refused(call)
    equal(await status_of(call), (grpc.StatusCode.RESOURCE_EXHAUSTED, "full"))

    call = env.plain.Duplex()
    await call.write(request(b"12345", stop_after=1, status_code=8, status_message="full"))
    equal((await call.read()).payload, b"12345")
    await write_until_refused(call)
    equal(await status_of(call), (grpc.StatusCode.RESOURCE_EXHAUSTED, "full"))

    equal((await env.plain.Unary(request(b"next"))).payload, b"next")


@scenario("nobody listens")
async def _(env):
    stub = Stub(env.settings["absent"])
    await fails(stub.Unary(request()), grpc.StatusCode.UNAVAILABLE)
    await fails(collect(stub.ServerStream(request())), grpc.StatusCode.UNAVAILABLE)
    await fails(stub.ClientStream(iter([request()])), grpc.StatusCode.UNAVAILABLE)
    await fails(collect(stub.Duplex(iter([request()]))), grpc.StatusCode.UNAVAILABLE)
