"""Runs scenarios one after another, each with a limit, and prints a line for each."""
import asyncio
import itertools
import time
import traceback

import grpc
from grpc import aio

import messages as m

LIMIT = 60
_ids = itertools.count()
SCENARIOS = []


def scenario(name):
    def add(function):
        SCENARIOS.append((name, function))
        return function
    return add


def equal(actual, expected, what="value"):
    if actual != expected:
        raise AssertionError(f"{what}: expected {shorten(expected)}, got {shorten(actual)}")


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def shorten(value):
    text = repr(value)
    return text if len(text) < 300 else text[:300] + "…"


def new_id():
    return f"python-{next(_ids)}"


class Stub:
    """The service through one channel."""

    def __init__(self, target, options=(), compression=None):
        self.channel = aio.insecure_channel(target, options=[("grpc.use_local_subchannel_pool", 1), *options], compression=compression)
        call = (m.Request, m.Reply)
        self.Unary = self._method("unary_unary", "Unary", *call)
        self.ServerStream = self._method("unary_stream", "ServerStream", *call)
        self.ClientStream = self._method("stream_unary", "ClientStream", *call)
        self.Duplex = self._method("stream_stream", "Duplex", *call)
        self.Missing = self._method("unary_unary", "Missing", *call)
        self.Observe = self._method("unary_unary", "Observe", m.ObserveRequest, m.Observation)
        self.Release = self._method("unary_unary", "Release", m.ReleaseRequest, m.Released)
        self.SetHealth = self._method("unary_unary", "SetHealth", m.SetHealthRequest, m.Released)
        self.Check = self._method("unary_unary", "Check", m.HealthCheckRequest, m.HealthCheckResponse, m.HEALTH)
        self.Watch = self._method("unary_stream", "Watch", m.HealthCheckRequest, m.HealthCheckResponse, m.HEALTH)

    def _method(self, kind, name, request, reply, service=m.SERVICE):
        return getattr(self.channel, kind)(f"/{service}/{name}", request_serializer=request.SerializeToString, response_deserializer=reply.FromString)

    async def observe(self, call_id, state=0, received=0, sent=0):
        return await self.Observe(m.ObserveRequest(call_id=call_id, state=state, received=received, sent=sent), timeout=20)

    async def release(self, call_id):
        await self.Release(m.ReleaseRequest(call_id=call_id), timeout=20)


async def failure(awaitable):
    """The error that the call ends in."""
    try:
        await awaitable
    except aio.AioRpcError as error:
        return error
    raise AssertionError("the call succeeded")


async def fails(awaitable, code):
    error = await failure(awaitable)
    equal(error.code(), code, f"status ({error.details()})")
    return error


def plain(metadata):
    return {key: value for key, value in metadata}


async def status_of(call):
    return (await call.code(), await call.details())


async def collect(call):
    return [reply async for reply in call]


def request(payload=b"", **plan):
    return m.Request(payload=payload, plan=m.Plan(**plan) if plan else None)


def describe(error):
    if isinstance(error, aio.AioRpcError):
        return f"{error.code()} {error.details()}"
    return f"{type(error).__name__} {error}".replace("\n", " ")


async def run(env, skipped):
    passed = failed = 0
    for name, function in SCENARIOS:
        if name in skipped:
            print(f"skip {name}: {skipped[name]}", flush=True)
            continue
        try:
            begun = time.monotonic()
            await asyncio.wait_for(function(env), LIMIT)
            passed += 1
            print(f"ok   {name} ({(time.monotonic() - begun) * 1000:.0f} ms)", flush=True)
        except Exception as error:  # whatever it is: the scenario failed
            failed += 1
            text = f"no end after {LIMIT} s" if isinstance(error, asyncio.TimeoutError) else describe(error)
            where = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__) if "scenarios" in frame.filename]
            print(f"FAIL {name}: {text} ({', '.join(where)})", flush=True)
    print(f"{passed} passed, {failed} failed", flush=True)
    return failed
