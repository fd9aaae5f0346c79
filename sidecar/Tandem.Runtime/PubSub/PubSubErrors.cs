using Grpc.Core;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.PubSub;

/// <summary>The errors of the pub/sub building block.</summary>
internal static class PubSubErrors
{
    public static DaprException NotConfigured(string appId)
        => new(new DaprError(400, "ERR_PUBSUB_NOT_CONFIGURED", "no pub/sub component is configured", new ErrorInfo("DAPR_PUBSUB_NOT_CONFIGURED", new Dictionary<string, string> { ["appID"] = appId })) { GrpcStatus = StatusCode.FailedPrecondition });

    public static DaprException NotFound(string pubSub)
        => new(new DaprError(404, "ERR_PUBSUB_NOT_FOUND", $"pub/sub component '{pubSub}' is not found", new ErrorInfo("DAPR_PUBSUB_NOT_FOUND", new Dictionary<string, string>())) { GrpcStatus = StatusCode.InvalidArgument });

    public static DaprException NameEmpty() => OfRequest(404, "ERR_PUBSUB_EMPTY", "DAPR_PUBSUB_NAME_EMPTY", "", "the name of the pub/sub component is empty");

    public static DaprException TopicEmpty(string pubSub)
        => OfRequest(404, "ERR_TOPIC_NAME_EMPTY", "DAPR_PUBSUB_TOPIC_NAME_EMPTY", pubSub, $"the topic of '{pubSub}' is empty");

    public static DaprException BadMetadata(string pubSub, string problem)
        => OfRequest(400, "ERR_PUBSUB_REQUEST_METADATA", "DAPR_PUBSUB_METADATA_DESERIALIZATION", pubSub, $"the metadata cannot be read: {problem}");

    public static DaprException Forbidden(string pubSub, string topic, string appId)
    {
        var problem = $"app '{appId}' may not publish to topic '{topic}' of '{pubSub}'";
        return new(new DaprError(
            403,
            "ERR_PUBSUB_FORBIDDEN",
            problem,
            new ResourceInfo("pubsub", pubSub, problem),
            new ErrorInfo("DAPR_PUBSUB_FORBIDDEN", new Dictionary<string, string> { ["topic"] = topic, ["error"] = problem })));
    }

    public static DaprException SubscriptionForbidden(string pubSub, string topic, string appId)
        => OfRequest(403, "ERR_PUBSUB_FORBIDDEN", "DAPR_PUBSUB_FORBIDDEN", pubSub, $"app '{appId}' may not subscribe to topic '{topic}' of '{pubSub}'", StatusCode.PermissionDenied);

    public static DaprException SubscribeFailed(string pubSub, string topic, Exception exception)
        => OfRequest(500, "ERR_PUBSUB_SUBSCRIBE", "DAPR_PUBSUB_SUBSCRIBE", pubSub, $"subscribing to topic '{topic}' of '{pubSub}' failed: {exception.Message}", StatusCode.Internal);

    public static DaprException BadCloudEvent(string pubSub, string appId, Exception exception)
        => new(new DaprError(
            500,
            "ERR_PUBSUB_CLOUD_EVENTS_SER",
            $"no CloudEvent can be made: {exception.Message}",
            new ResourceInfo("pubsub", pubSub, exception.Message),
            new ErrorInfo("DAPR_PUBSUB_CLOUD_EVENT_CREATION", new Dictionary<string, string> { ["appID"] = appId, ["error"] = exception.Message }))
        { GrpcStatus = StatusCode.InvalidArgument }, exception);

    public static DaprException BadEntries(string pubSub, string appId, string problem)
        => new(new DaprError(
            400,
            "ERR_PUBSUB_EVENTS_SER",
            problem,
            new ResourceInfo("pubsub", pubSub, problem),
            new ErrorInfo("DAPR_PUBSUB_MARSHAL_EVENTS", new Dictionary<string, string> { ["appID"] = appId, ["error"] = problem })));

    public static DaprException Failed(string pubSub, string topic, string problem, Exception? exception = null)
        => new(new DaprError(
            500,
            "ERR_PUBSUB_PUBLISH_MESSAGE",
            $"publishing to topic '{topic}' of '{pubSub}' failed: {problem}",
            new ResourceInfo("pubsub", pubSub, problem),
            new ErrorInfo("DAPR_PUBSUB_PUBLISH_MESSAGE", new Dictionary<string, string> { ["topic"] = topic, ["error"] = problem })), exception);

    private static DaprException OfRequest(int status, string code, string reason, string pubSub, string problem, StatusCode grpcStatus = StatusCode.InvalidArgument)
        => new(new DaprError(status, code, problem, new ResourceInfo("pubsub", pubSub, problem), new ErrorInfo(reason, null)) { GrpcStatus = grpcStatus });
}
