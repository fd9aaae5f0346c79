using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Tandem.Services.Tests.Defaults;

/// <summary>The fake's gRPC API.</summary>
internal sealed class FakeDaprService(FakeSidecar sidecar) : Dapr.Client.Autogen.Grpc.v1.Dapr.DaprBase
{
    public override Task<Empty> PublishEvent(PublishEventRequest request, ServerCallContext context)
    {
        var published = Read(request) with { Payload = request.Data.ToByteArray(), Metadata = new Dictionary<string, string>(request.Metadata) };
        return sidecar.Publish(published)
            ? Task.FromResult(new Empty())
            : throw new RpcException(new Status(StatusCode.Internal, "the broker is down"));
    }

    public override Task<GetSecretResponse> GetSecret(GetSecretRequest request, ServerCallContext context)
        => sidecar.FindSecret(request.Key) is { } value
            ? Task.FromResult(new GetSecretResponse { Data = { [request.Key] = value } })
            : throw new RpcException(new Status(StatusCode.Internal, $"no secret {request.Key}"));

    public override Task<InvokeBindingResponse> InvokeBinding(InvokeBindingRequest request, ServerCallContext context)
    {
        if (sidecar.AreBindingsDown)
        {
            throw new RpcException(new Status(StatusCode.Internal, "storage is down"));
        }

        sidecar.Remember(new BoundRequest(request.Name, request.Operation, request.Data.ToByteArray(), new Dictionary<string, string>(request.Metadata)));
        var file = request.Metadata.TryGetValue("fileName", out var given) ? given : null;
        return sidecar.Bind(request.Name, request.Operation, file, request.Data.ToByteArray()) is { } data
            ? Task.FromResult(new InvokeBindingResponse { Data = UnsafeByteOperations.UnsafeWrap(data) })
            : throw new RpcException(new Status(StatusCode.Internal, $"file not found: {file}"));
    }

    /// <summary>As a sidecar does it: raw payloads stay what they are, CloudEvents keep their attributes, the rest gets those of the metadata.</summary>
    private static PublishedEvent Read(PublishEventRequest request)
    {
        string Metadata(string name) => request.Metadata.TryGetValue(name, out var value) ? value : "";
        if (Metadata("rawPayload") == "true")
        {
            return new PublishedEvent(request.Topic, "", "", "", default);
        }

        using var document = JsonDocument.Parse(request.Data.Memory);
        var root = document.RootElement;
        string Attribute(string name) => root.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        return request.DataContentType == "application/cloudevents+json"
            ? new PublishedEvent(request.Topic, Attribute("id"), Attribute("type"), Attribute("subject"), root.TryGetProperty("data", out var data) ? data.Clone() : default)
            : new PublishedEvent(request.Topic, Metadata("cloudevent.id"), Metadata("cloudevent.type"), Metadata("cloudevent.subject"), root.Clone());
    }
}
