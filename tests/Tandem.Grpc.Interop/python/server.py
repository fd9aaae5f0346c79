"""The Python server of the interoperability tests (grpcio, asyncio)."""
import asyncio
import json
import signal
import sys

import grpc
from grpc import aio

import messages as m
from messages import CANCELLED, COMPLETED, RUNNING

STATUS = {code.value[0]: code for code in grpc.StatusCode}
LARGE = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]


class Call:
    """What is known of one call."""

    def __init__(self):
        self.state, self.received, self.sent, self.deadline_ms, self.user_agent = 0, 0, 0, -1, ""
        self.initial = self.trailing = ()
        self.released = asyncio.Event()
        self.changed = asyncio.Condition()

    async def change(self, state=None, received=0, sent=0):
        async with self.changed:
            self.state = state or self.state
            self.received += received
            self.sent += sent
            self.changed.notify_all()

    async def wait(self, state, received, sent):
        async with self.changed:
            await self.changed.wait_for(lambda: (not state or self.state == state) and self.received >= received and self.sent >= sent)


class Interop:
    def __init__(self):
        self.calls = {}
        self.health = {"": m.SERVING, m.SERVICE: m.SERVING}
        self.health_changed = asyncio.Condition()

    def call(self, call_id):
        return self.calls.setdefault(call_id, Call())

    async def begin(self, context):
        metadata = context.invocation_metadata() or ()
        first = {key: value for key, value in metadata}
        call = self.call(first["x-call-id"]) if "x-call-id" in first else Call()
        left = context.time_remaining()
        call.deadline_ms = -1 if left is None else int(left * 1000)
        call.user_agent = first.get("user-agent", "")
        call.initial = tuple((k, v) for k, v in metadata if k in ("x-initial", "x-initial-bin"))
        call.trailing = tuple((k, v) for k, v in metadata if k in ("x-trailing", "x-trailing-bin"))
        if call.trailing:
            context.set_trailing_metadata(call.trailing)
        if "x-headers-first" in first:
            await context.send_initial_metadata(call.initial)
            call.initial = ()
        await call.change(RUNNING)
        return call

    async def headers(self, context, call):
        if call.initial:
            await context.send_initial_metadata(call.initial)
            call.initial = ()

    async def finish(self, plan, context, call):
        if plan.status_code:
            trailing = call.trailing
            if plan.details:
                trailing += (("grpc-status-details-bin", m.error_details(plan.status_code, plan.status_message)),)
            await context.abort(STATUS[plan.status_code], plan.status_message, trailing)

    def observed(self, handler):
        """Notes how the call ended; a unary handler and a streaming one need a wrapper of their own kind."""
        async def run(request, context):
            call = await self.begin(context)
            try:
                result = await handler(request, context, call)
            except asyncio.CancelledError:
                # Not awaited on in this task any longer: it is being cancelled.
                asyncio.get_running_loop().create_task(call.change(CANCELLED))
                raise
            except BaseException:
                await call.change(COMPLETED)
                raise
            await call.change(COMPLETED)
            return result
        return run

    async def hold(self, plan, call, count):
        if plan.hold and plan.hold_after == count:
            await call.released.wait()

    async def unary(self, request, context, call):
        await call.change(received=1)
        await self.hold(request.plan, call, 0)
        await self.headers(context, call)
        await self.finish(request.plan, context, call)
        sizes = request.plan.reply_sizes
        await call.change(sent=1)
        return m.Reply(payload=bytes(sizes[0]) if sizes else request.payload, received=1, received_bytes=len(request.payload))

    async def send(self, replies, context, call):
        for payload in replies:
            await self.headers(context, call)
            await context.write(m.Reply(payload=payload, received=call.received))
            await call.change(sent=1)

    async def server_stream(self, request, context, call):
        await call.change(received=1)
        plan = request.plan
        await self.hold(plan, call, 0)
        for i, size in enumerate(plan.reply_sizes):
            await self.send([bytes(size)], context, call)
            await self.hold(plan, call, i + 1)
        await self.headers(context, call)
        await self.finish(plan, context, call)

    async def requests(self, iterator, call):
        """Each request with the first one's plan, held and stopped as that says."""
        plan = None
        async for request in iterator:
            plan = plan or request.plan
            await call.change(received=1)
            yield plan, request
            await self.hold(plan, call, call.received)
            if plan.stop_after == call.received:
                return
        # grpcio shows a cancellation as the end of the requests, and cancels the handler a moment later.
        await asyncio.sleep(0.02)

    async def client_stream(self, iterator, context, call):
        size, plan = 0, m.Plan()
        async for plan, request in self.requests(iterator, call):
            size += len(request.payload)
        await self.headers(context, call)
        await self.finish(plan, context, call)
        await call.change(sent=1)
        return m.Reply(payload=bytes(plan.reply_sizes[0]) if plan.reply_sizes else b"", received=call.received, received_bytes=size)

    async def duplex(self, iterator, context, call):
        late, plan = [], m.Plan()
        async for plan, request in self.requests(iterator, call):
            replies = [bytes(size) for size in request.plan.reply_sizes] or [request.payload]
            if plan.reply_after_half_close:
                late += replies
            else:
                await self.send(replies, context, call)
        await self.send(late, context, call)
        await self.headers(context, call)
        await self.finish(plan, context, call)

    async def observe(self, request, context):
        call = self.call(request.call_id)
        await call.wait(request.state, request.received, request.sent)
        return m.Observation(state=call.state, received=call.received, sent=call.sent, deadline_ms=call.deadline_ms, user_agent=call.user_agent)

    async def release(self, request, context):
        self.call(request.call_id).released.set()
        return m.Released()

    async def set_health(self, request, context):
        async with self.health_changed:
            self.health[request.service] = m.SERVING if request.serving else m.NOT_SERVING
            self.health_changed.notify_all()
        return m.Released()

    async def check(self, request, context):
        if request.service not in self.health:
            await context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return m.HealthCheckResponse(status=self.health[request.service])

    async def watch(self, request, context):
        last = None
        while True:
            async with self.health_changed:
                await self.health_changed.wait_for(lambda: self.health.get(request.service, m.SERVICE_UNKNOWN) != last)
                last = self.health.get(request.service, m.SERVICE_UNKNOWN)
            await context.write(m.HealthCheckResponse(status=last))

    def handlers(self):
        def codec(request, reply):
            return {"request_deserializer": request.FromString, "response_serializer": reply.SerializeToString}
        call = codec(m.Request, m.Reply)
        health = codec(m.HealthCheckRequest, m.HealthCheckResponse)
        return (
            grpc.method_handlers_generic_handler(m.SERVICE, {
                "Unary": grpc.unary_unary_rpc_method_handler(self.observed(self.unary), **call),
                "ServerStream": grpc.unary_stream_rpc_method_handler(self.observed(self.server_stream), **call),
                "ClientStream": grpc.stream_unary_rpc_method_handler(self.observed(self.client_stream), **call),
                "Duplex": grpc.stream_stream_rpc_method_handler(self.observed(self.duplex), **call),
                "Observe": grpc.unary_unary_rpc_method_handler(self.observe, **codec(m.ObserveRequest, m.Observation)),
                "Release": grpc.unary_unary_rpc_method_handler(self.release, **codec(m.ReleaseRequest, m.Released)),
                "SetHealth": grpc.unary_unary_rpc_method_handler(self.set_health, **codec(m.SetHealthRequest, m.Released)),
            }),
            grpc.method_handlers_generic_handler(m.HEALTH, {
                "Check": grpc.unary_unary_rpc_method_handler(self.check, **health),
                "Watch": grpc.unary_stream_rpc_method_handler(self.watch, **health),
            }),
        )


async def main(port):
    interop, ports, servers = Interop(), {}, []
    for name, options, compression in (("plain", [], None), ("large", LARGE, None), ("gzip", LARGE, grpc.Compression.Gzip)):
        server = aio.server(options=[*options, ("grpc.so_reuseport", 0)], compression=compression)
        server.add_generic_rpc_handlers(interop.handlers())
        ports[name] = server.add_insecure_port(f"127.0.0.1:{port if name == 'plain' else 0}")
        await server.start()
        servers.append(server)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    print("listening " + json.dumps(ports), flush=True)
    await stopped.wait()
    await asyncio.gather(*(server.stop(20) for server in servers))


asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
