"""The health and the reflection services."""
import grpc

import messages as m
from harness import collect, equal, fails, scenario, true

SYMBOLS = [m.SERVICE, f"{m.SERVICE}.Duplex", "tandem.interop.v1.Request", "tandem.interop.v1.Plan", "tandem.interop.v1.CallState"]


@scenario("health: check")
async def _(env):
    for service in ("", m.SERVICE):
        equal((await env.plain.Check(m.HealthCheckRequest(service=service))).status, m.SERVING, service)
    await fails(env.plain.Check(m.HealthCheckRequest(service="nobody")), grpc.StatusCode.NOT_FOUND)


@scenario("health: watch")
async def _(env):
    name = "python-watched"
    call = env.plain.Watch(m.HealthCheckRequest(service=name))
    equal((await call.read()).status, m.SERVICE_UNKNOWN)
    for serving, status in ((True, m.SERVING), (False, m.NOT_SERVING), (True, m.SERVING)):
        await env.plain.SetHealth(m.SetHealthRequest(service=name, serving=serving))
        equal((await call.read()).status, status)
    call.cancel()
    equal(await call.code(), grpc.StatusCode.CANCELLED)


for version in ("v1", "v1alpha"):
    @scenario(f"reflection {version}")
    async def _(env, package=f"grpc.reflection.{version}"):
        request, reply = m.message(f"{package}.ServerReflectionRequest"), m.message(f"{package}.ServerReflectionResponse")
        call = env.plain.channel.stream_stream(f"/{package}.ServerReflection/ServerReflectionInfo",
                                               request_serializer=request.SerializeToString, response_deserializer=reply.FromString)()

        async def ask(**what):
            await call.write(request(host="here", **what))
            answer = await call.read()
            equal(answer.original_request, request(host="here", **what))
            equal(answer.valid_host, "here")
            return answer
        listed = [s.name for s in (await ask(list_services="*")).list_services_response.service]
        true({m.SERVICE, m.HEALTH} <= set(listed), f"listed {listed}")
        for symbol in SYMBOLS:
            files = [m.FileDescriptorProto.FromString(f) for f in (await ask(file_containing_symbol=symbol)).file_descriptor_response.file_descriptor_proto]
            true(any(f.package == "tandem.interop.v1" and f.service[0].name == "Interop" for f in files), f"{symbol}: {[f.name for f in files]}")
        name = files[0].name
        files = [m.FileDescriptorProto.FromString(f) for f in (await ask(file_by_filename=name)).file_descriptor_response.file_descriptor_proto]
        true(name in [f.name for f in files], f"{name}: {[f.name for f in files]}")
        for unknown in ({"file_containing_symbol": "no.such.Symbol"}, {"file_by_filename": "no/such.proto"}):
            equal((await ask(**unknown)).error_response.error_code, grpc.StatusCode.NOT_FOUND.value[0])
        await call.done_writing()
        equal(await call.code(), grpc.StatusCode.OK)
