using System.Diagnostics;
using Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Tracing;

/// <summary>What the span of a call says of it.</summary>
internal static class GrpcSpanTags
{
    private const string Service = "Dapr";

    /// <summary>Sets the tags.</summary>
    /// <param name="method">The call's path.</param>
    /// <param name="request">The call's message; the one of a stream says nothing.</param>
    public static void Set(Activity span, string method, object? request)
    {
        span.SetTag("dapr.protocol", "grpc");
        span.SetTag("dapr.api", method);
        switch (request)
        {
            case PublishEventRequest publish:
                SetTopic(span, publish.Topic);
                break;
            case BulkPublishRequest publish:
                SetTopic(span, publish.Topic);
                break;
            case GetStateRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case SaveStateRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case DeleteStateRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case GetBulkStateRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case DeleteBulkStateRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case ExecuteStateTransactionRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case QueryStateRequest state:
                SetStore(span, "state", state.StoreName, method);
                break;
            case GetSecretRequest secret:
                SetStore(span, "secrets", secret.StoreName, method);
                break;
            case GetBulkSecretRequest secret:
                SetStore(span, "secrets", secret.StoreName, method);
                break;
            case InvokeBindingRequest binding:
                SetStore(span, "bindings", binding.Name, method);
                break;
            case InvokeActorRequest actor:
                span.SetTag("rpc.service", "ServiceInvocation");
                span.SetTag("net.peer.name", $"{actor.ActorType}.{actor.ActorId}");
                span.SetTag("dapr.actor", $"{actor.ActorType}.{actor.ActorId}");
                break;
            default:
                break;
        }
    }

    private static void SetTopic(Activity span, string topic)
    {
        span.SetTag("rpc.service", Service);
        span.SetTag("messaging.system", "pubsub");
        span.SetTag("messaging.destination.kind", "topic");
        span.SetTag("messaging.destination.name", topic);
    }

    private static void SetStore(Activity span, string system, string name, string method)
    {
        span.SetTag("rpc.service", Service);
        span.SetTag("db.system", system);
        span.SetTag("db.name", name);
        span.SetTag("db.statement", method);
        span.SetTag("db.connection_string", system);
    }
}
