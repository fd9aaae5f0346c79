"""The four kinds of call, large and empty messages, metadata, compression."""
import asyncio

import grpc

from harness import Stub, collect, equal, failure, fails, new_id, request, scenario, true

MEGABYTE = 1 << 20


@scenario("unary")
async def _(env):
    call = env.plain.Unary(request(b"hello"))
    equal((await call).payload, b"hello")
    equal(await call.code(), grpc.StatusCode.OK)


@scenario("unary, empty messages")
async def _(env):
    reply = await env.plain.Unary(request())
    equal((reply.payload, reply.received), (b"", 1))


@scenario("server stream")
async def _(env):
    sizes = [1, 0, 1000, 31415]
    equal([len(r.payload) for r in await collect(env.plain.ServerStream(request(reply_sizes=sizes)))], sizes)


@scenario("server stream without replies")
async def _(env):
    equal(await collect(env.plain.ServerStream(request())), [])


@scenario("client stream")
async def _(env):
    reply = await env.plain.ClientStream(iter([request(bytes(size)) for size in (27182, 8, 0, 1828)]))
    equal((reply.received, reply.received_bytes), (4, 29018))


@scenario("client stream without messages")
async def _(env):
    reply = await env.plain.ClientStream(iter([]))
    equal((reply.received, reply.received_bytes), (0, 0))


@scenario("duplex, message by message")
async def _(env):
    call = env.plain.Duplex()
    for text in (b"one", b"", b"three"):
        await call.write(request(text))
        equal((await call.read()).payload, text)
    await call.done_writing()
    equal(await call.read(), grpc.aio.EOF)
    equal(await call.code(), grpc.StatusCode.OK)


@scenario("duplex without messages")
async def _(env):
    equal(await collect(env.plain.Duplex(iter([]))), [])


@scenario("duplex, replies after the half-close")
async def _(env):
    call = env.plain.Duplex()
    for text in (b"a", b"b", b"c"):
        await call.write(request(text, reply_after_half_close=True))
    await call.done_writing()
    equal([r.payload async for r in call], [b"a", b"b", b"c"])


@scenario("10 MB: unary")
async def _(env):
    payload = bytes(range(256)) * (10 * MEGABYTE // 256)
    true((await env.large.Unary(request(payload))).payload == payload, "the payload came back changed")


@scenario("10 MB: server stream")
async def _(env):
    sizes = [10 * MEGABYTE] * 3
    equal([len(r.payload) for r in await collect(env.large.ServerStream(request(reply_sizes=sizes)))], sizes)


@scenario("10 MB: client stream")
async def _(env):
    reply = await env.large.ClientStream(iter([request(bytes(10 * MEGABYTE)) for _ in range(3)]))
    equal((reply.received, reply.received_bytes), (3, 30 * MEGABYTE))


@scenario("10 MB: duplex")
async def _(env):
    call = env.large.Duplex()
    for i in range(2):
        payload = bytes([i, 255]) * (5 * MEGABYTE)
        await call.write(request(payload))
        true((await call.read()).payload == payload, "the payload came back changed")
    await call.done_writing()
    equal(await call.code(), grpc.StatusCode.OK)


@scenario("the server refuses more than 4 MB")
async def _(env):
    unlimited = Stub(env.settings["plain"], [("grpc.max_send_message_length", -1)])
    await fails(unlimited.Unary(request(bytes(5 * MEGABYTE))), grpc.StatusCode.RESOURCE_EXHAUSTED)
    await fails(unlimited.ClientStream(iter([request(b"small"), request(bytes(5 * MEGABYTE))])), grpc.StatusCode.RESOURCE_EXHAUSTED)
    equal((await unlimited.Unary(request(b"next"))).payload, b"next")


@scenario("the client refuses more than 4 MB")
async def _(env):
    await fails(env.plain.Unary(request(reply_sizes=[5 * MEGABYTE])), grpc.StatusCode.RESOURCE_EXHAUSTED)
    await fails(collect(env.plain.ServerStream(request(reply_sizes=[10, 5 * MEGABYTE]))), grpc.StatusCode.RESOURCE_EXHAUSTED)
    equal((await env.plain.Unary(request(b"next"))).payload, b"next")


BINARY = bytes(range(256))
SENT = (("x-initial", "a value, with = and ~"), ("x-initial", "second"), ("x-initial-bin", BINARY),
        ("x-trailing", "t1"), ("x-trailing", "t2"), ("x-trailing-bin", BINARY[:-1]))


def only(metadata, prefix):
    """All values of a kind: repeated ones may come as one, joined by commas."""
    found = {}
    for key, value in metadata:
        if key.startswith(prefix):
            found.setdefault(key, []).append(value)
    return {key: values if key.endswith("-bin") else ", ".join(values).replace(", ", ",") for key, values in found.items()}


def check_metadata(initial, trailing):
    equal(only(initial, "x-"), {"x-initial": "a value,with = and ~,second", "x-initial-bin": [BINARY]}, "initial metadata")
    equal(only(trailing, "x-"), {"x-trailing": "t1,t2", "x-trailing-bin": [BINARY[:-1]]}, "trailers")


@scenario("metadata: unary")
async def _(env):
    call = env.plain.Unary(request(b"x"), metadata=SENT)
    await call
    check_metadata(await call.initial_metadata(), await call.trailing_metadata())


@scenario("metadata: server stream")
async def _(env):
    call = env.plain.ServerStream(request(reply_sizes=[1, 2]), metadata=SENT)
    await collect(call)
    check_metadata(await call.initial_metadata(), await call.trailing_metadata())


@scenario("metadata: client stream")
async def _(env):
    call = env.plain.ClientStream(iter([request(b"x")]), metadata=SENT)
    await call
    check_metadata(await call.initial_metadata(), await call.trailing_metadata())


@scenario("metadata: duplex")
async def _(env):
    call = env.plain.Duplex(iter([request(b"x")]), metadata=SENT)
    await collect(call)
    check_metadata(await call.initial_metadata(), await call.trailing_metadata())


@scenario("metadata: repeated binary keys")
async def _(env):
    values = [b"\x00", BINARY, b"", b"\xff\xfe", b""]
    call = env.plain.Unary(request(b"x"), metadata=tuple((key, value) for key in ("x-initial-bin", "x-trailing-bin") for value in values))
    await call
    equal(only(await call.initial_metadata(), "x-"), {"x-initial-bin": values})
    equal(only(await call.trailing_metadata(), "x-"), {"x-trailing-bin": values})


@scenario("initial metadata before the first message")
async def _(env):
    call = env.plain.Duplex(metadata=(("x-headers-first", "yes"), ("x-initial", "early")))
    equal(only(await call.initial_metadata(), "x-"), {"x-initial": "early"})
    await call.write(request(b"late"))
    equal((await call.read()).payload, b"late")
    await call.done_writing()
    equal(await call.code(), grpc.StatusCode.OK)
    name = new_id()
    call = env.plain.ServerStream(request(hold=True, reply_sizes=[1]), metadata=(("x-headers-first", "yes"), ("x-initial", "early"), ("x-call-id", name)))
    equal(only(await call.initial_metadata(), "x-"), {"x-initial": "early"})
    await env.plain.release(name)
    equal(len(await collect(call)), 1)


@scenario("the user agent says who calls")
async def _(env):
    name = new_id()
    await env.plain.Unary(request(), metadata=(("x-call-id", name),))
    agent = (await env.plain.observe(name)).user_agent
    true("grpc-python-asyncio" in agent, agent)


@scenario("gzip: unary")
async def _(env):
    equal((await env.gzip.Unary(request(bytes(MEGABYTE)))).payload, bytes(MEGABYTE))


@scenario("gzip: server stream")
async def _(env):
    sizes = [MEGABYTE, 0, 10, MEGABYTE]
    equal([len(r.payload) for r in await collect(env.gzip.ServerStream(request(reply_sizes=sizes)))], sizes)


@scenario("gzip: client stream")
async def _(env):
    reply = await env.gzip.ClientStream(iter([request(bytes(size)) for size in (MEGABYTE, 0, 10, MEGABYTE)]))
    equal((reply.received, reply.received_bytes), (4, 2 * MEGABYTE + 10))


@scenario("gzip: duplex")
async def _(env):
    equal([len(r.payload) for r in await collect(env.gzip.Duplex(iter([request(bytes(size)) for size in (MEGABYTE, 0, 10)])))], [MEGABYTE, 0, 10])
