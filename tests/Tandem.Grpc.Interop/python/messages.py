"""The messages of the tests, from the descriptors that protoc wrote: no generated Python is kept."""
import os

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_pool = descriptor_pool.DescriptorPool()
_factory = message_factory.MessageFactory(_pool)


def load(path):
    """Takes up a file of descriptors (protoc --descriptor_set_out --include_imports)."""
    with open(path, "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    for each in files.file:
        _pool.Add(each)


def message(name):
    return _factory.GetPrototype(_pool.FindMessageTypeByName(name))


load(os.environ["INTEROP_PROTOSET"])
Request = message("tandem.interop.v1.Request")
Plan = message("tandem.interop.v1.Plan")
Reply = message("tandem.interop.v1.Reply")
ObserveRequest = message("tandem.interop.v1.ObserveRequest")
Observation = message("tandem.interop.v1.Observation")
ReleaseRequest = message("tandem.interop.v1.ReleaseRequest")
Released = message("tandem.interop.v1.Released")
SetHealthRequest = message("tandem.interop.v1.SetHealthRequest")
HealthCheckRequest = message("grpc.health.v1.HealthCheckRequest")
HealthCheckResponse = message("grpc.health.v1.HealthCheckResponse")
RpcStatus = message("google.rpc.Status")
ErrorInfo = message("google.rpc.ErrorInfo")
BadRequest = message("google.rpc.BadRequest")
FileDescriptorProto = descriptor_pb2.FileDescriptorProto

RUNNING, CANCELLED, COMPLETED = 1, 2, 3
UNKNOWN, SERVING, NOT_SERVING, SERVICE_UNKNOWN = 0, 1, 2, 3
SERVICE = "tandem.interop.v1.Interop"
HEALTH = "grpc.health.v1.Health"


def error_details(code, text):
    """The details that every server puts into an error, and every client expects."""
    status = RpcStatus(code=code, message=text)
    bad = BadRequest()
    bad.field_violations.add(field="name", description="must not be empty")
    info = ErrorInfo(reason="NOT_TODAY", domain="tandem.example")
    info.metadata["day"] = "Sunday"
    for each in (bad, info):
        status.details.add().Pack(each)
    return status.SerializeToString()
