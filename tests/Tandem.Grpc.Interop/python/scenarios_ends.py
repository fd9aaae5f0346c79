"""How calls end: statuses, details, deadlines, cancellation."""
import asyncio

import grpc

import messages as m
from harness import SCENARIOS, collect, equal, failure, fails, new_id, plain, request, scenario, status_of, true
from messages import CANCELLED, COMPLETED, RUNNING

CODES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]
UNICODE = "não, ☃ 100% \U0001f600 \t\r\nnext line"


@scenario("every status")
async def _(env):
    for code in CODES:
        error = await failure(env.plain.Unary(request(status_code=code.value[0], status_message=f"says {code.name}")))
        equal((error.code(), error.details()), (code, f"says {code.name}"))


@scenario("a status message in any letters")
async def _(env):
    plan = {"status_code": 9, "status_message": UNICODE}
    expected = (grpc.StatusCode.FAILED_PRECONDITION, UNICODE)
    for call in (env.plain.Unary(request(**plan)), collect(env.plain.ServerStream(request(**plan, reply_sizes=[5]))),
                 env.plain.ClientStream(iter([request(**plan)])), collect(env.plain.Duplex(iter([request(**plan)])))):
        error = await failure(call)
        equal((error.code(), error.details()), expected)


@scenario("a status after replies")
async def _(env):
    call = env.plain.ServerStream(request(reply_sizes=[3, 4], status_code=10, status_message="enough"), metadata=(("x-trailing", "t"),))
    got = []
    error = None
    try:
        async for reply in call:
            got.append(len(reply.payload))
    except grpc.aio.AioRpcError as e:
        error = e
    equal((got, error.code(), error.details()), ([3, 4], grpc.StatusCode.ABORTED, "enough"))
    equal(plain(error.trailing_metadata()).get("x-trailing"), "t")


@scenario("a status and nothing else (trailers only)")
async def _(env):
    error = await failure(env.plain.Unary(request(status_code=5, status_message="no"), metadata=(("x-trailing", "t"), ("x-trailing-bin", b"\x00\xff"))))
    equal(error.code(), grpc.StatusCode.NOT_FOUND)
    trailers = plain(error.trailing_metadata())
    equal((trailers.get("x-trailing"), trailers.get("x-trailing-bin")), ("t", b"\x00\xff"))


@scenario("a status after the initial metadata")
async def _(env):
    error = await failure(env.plain.Unary(request(status_code=7, status_message="no"), metadata=(("x-headers-first", "y"), ("x-initial", "i"), ("x-trailing", "t"))))
    equal((error.code(), plain(error.initial_metadata()).get("x-initial"), plain(error.trailing_metadata()).get("x-trailing")), (grpc.StatusCode.PERMISSION_DENIED, "i", "t"))


def check_details(error):
    equal(error.code(), grpc.StatusCode.INVALID_ARGUMENT)
    status = m.RpcStatus.FromString(plain(error.trailing_metadata())["grpc-status-details-bin"])
    equal((status.code, status.message), (3, "bad"))
    bad, info = m.BadRequest(), m.ErrorInfo()
    true(status.details[0].Unpack(bad) and status.details[1].Unpack(info), "the details have other types")
    equal([(v.field, v.description) for v in bad.field_violations], [("name", "must not be empty")])
    equal((info.reason, info.domain, dict(info.metadata)), ("NOT_TODAY", "tandem.example", {"day": "Sunday"}))


@scenario("an error with details")
async def _(env):
    plan = request(status_code=3, status_message="bad", details=True)
    check_details(await failure(env.plain.Unary(plan)))
    check_details(await failure(collect(env.plain.ServerStream(plan))))
    check_details(await failure(env.plain.ClientStream(iter([plan]))))
    check_details(await failure(collect(env.plain.Duplex(iter([plan])))))


@scenario("a method that is not there")
async def _(env):
    await fails(env.plain.Missing(request()), grpc.StatusCode.UNIMPLEMENTED)
    for path in (f"/{m.SERVICE}/Nowhere", "/no.such.Service/Unary"):
        await fails(env.plain.channel.unary_unary(path)(b""), grpc.StatusCode.UNIMPLEMENTED)


# ---- deadlines ----

def held(env, name, timeout=None, headers=False):
    """A held call of each kind: name, call, and what awaits its end."""
    def metadata(kind):
        return (("x-call-id", f"{name} {kind}"), *((("x-headers-first", "y"),) if headers else ()))
    plan = request(hold=True, hold_after=0)
    first = request(hold=True, hold_after=1)
    unary = env.plain.Unary(plan, metadata=metadata("unary"), timeout=timeout)
    server = env.plain.ServerStream(plan, metadata=metadata("server"), timeout=timeout)
    client = env.plain.ClientStream(iter([first]), metadata=metadata("client"), timeout=timeout)
    duplex = env.plain.Duplex(iter([first]), metadata=metadata("duplex"), timeout=timeout)
    return [("unary", unary), ("server", server), ("client", client), ("duplex", duplex)]


@scenario("a deadline that passes")
async def _(env):
    name = new_id()
    for kind, call in held(env, name, timeout=0.4):
        equal((await status_of(call))[0], grpc.StatusCode.DEADLINE_EXCEEDED, kind)
        seen = await env.plain.observe(f"{name} {kind}", CANCELLED)
        true(0 < seen.deadline_ms <= 410, f"the server saw {seen.deadline_ms} ms left of 400 ({kind})")


@scenario("a deadline that passes between replies")
async def _(env):
    name = new_id()
    call = env.plain.ServerStream(request(reply_sizes=[1, 1], hold=True, hold_after=1), metadata=(("x-call-id", name),), timeout=0.5)
    equal(len((await call.read()).payload), 1)
    await fails(call.read(), grpc.StatusCode.DEADLINE_EXCEEDED)
    await env.plain.observe(name, CANCELLED)


@scenario("a deadline that is already over")
async def _(env):
    await fails(env.plain.Unary(request(), timeout=-1), grpc.StatusCode.DEADLINE_EXCEEDED)


@scenario("a deadline in time, and none")
async def _(env):
    name = new_id()
    await env.plain.Unary(request(), metadata=(("x-call-id", name),), timeout=100)
    seen = await env.plain.observe(name, COMPLETED)
    # A client may round up what it sends to the next of 8 digits, or of fewer.
    true(90_000 < seen.deadline_ms <= 102_000, f"the server saw {seen.deadline_ms} ms left of 100000")
    await env.plain.Unary(request(), metadata=(("x-call-id", name + "-none"),))
    equal((await env.plain.observe(name + "-none", COMPLETED)).deadline_ms, -1)


# ---- cancellation ----

async def cancelled(call):
    # What was cancelled here is a cancellation to asyncio; the call itself has the status.
    true(call.cancel(), "the call was over before it was cancelled")
    equal(await call.code(), grpc.StatusCode.CANCELLED)


for with_headers in (False, True):
    @scenario("cancelled " + ("after the initial metadata" if with_headers else "before the initial metadata"))
    async def _(env, with_headers=with_headers):
        name = new_id()
        for kind, call in held(env, name, headers=with_headers):
            await env.plain.observe(f"{name} {kind}", RUNNING)
            if with_headers and kind in ("server", "duplex"):  # else grpcio gives it together with the reply
                await call.initial_metadata()
            await cancelled(call)
            await env.plain.observe(f"{name} {kind}", CANCELLED)


@scenario("cancelled between replies")
async def _(env):
    name = new_id()
    call = env.plain.ServerStream(request(reply_sizes=[1, 1, 1], hold=True, hold_after=2), metadata=(("x-call-id", name),))
    equal([len((await call.read()).payload) for _ in range(2)], [1, 1])
    await cancelled(call)
    await env.plain.observe(name, CANCELLED)


@scenario("cancelled while sending")
async def _(env):
    for method in (env.plain.ClientStream, env.plain.Duplex):
        name = new_id()
        call = method(metadata=(("x-call-id", name),))
        await call.write(request(b"one"))
        await call.write(request(b"two"))
        await env.plain.observe(name, RUNNING, received=2)
        await cancelled(call)
        await env.plain.observe(name, CANCELLED)


@scenario("cancelled after the half-close")
async def _(env):
    name = new_id()
    call = env.plain.Duplex(metadata=(("x-call-id", name),))
    await call.write(request(b"one", hold=True, hold_after=1))
    await call.done_writing()
    await env.plain.observe(name, RUNNING, received=1)
    await cancelled(call)
    await env.plain.observe(name, CANCELLED)


@scenario("cancelled after the end changes nothing")
async def _(env):
    name = new_id()
    call = env.plain.Unary(request(b"x"), metadata=(("x-call-id", name),))
    equal((await call).payload, b"x")
    call.cancel()
    equal(await call.code(), grpc.StatusCode.OK)
    await env.plain.observe(name, COMPLETED)
