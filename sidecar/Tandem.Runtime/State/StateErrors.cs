using Grpc.Core;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.State;

/// <summary>The errors of the state building block.</summary>
internal static class StateErrors
{
    public static DaprException NotConfigured(string appId)
        => new(new DaprError(500, "ERR_STATE_STORE_NOT_CONFIGURED", "no state store is configured", new ErrorInfo("DAPR_STATE_NOT_CONFIGURED", new Dictionary<string, string> { ["appID"] = appId })) { GrpcStatus = StatusCode.FailedPrecondition });

    public static DaprException NotFound(string store, string appId)
        => new(new DaprError(400, "ERR_STATE_STORE_NOT_FOUND", $"state store '{store}' is not found", new ErrorInfo("DAPR_STATE_NOT_FOUND", new Dictionary<string, string> { ["appID"] = appId })));

    public static DaprException IllegalKey(string store, string key)
    {
        var problem = $"the key '{key}' must not contain '||'";
        return new(new DaprError(
            400,
            "ERR_MALFORMED_REQUEST",
            problem,
            new FieldViolation(key, problem),
            new ResourceInfo("state", store, problem),
            new ErrorInfo("DAPR_STATE_ILLEGAL_KEY", null)));
    }

    public static DaprException NoKey() => Malformed("a key is required");

    public static DaprException Malformed(string problem) => new(new DaprError(400, "ERR_MALFORMED_REQUEST", problem));

    public static DaprException BadOption(string code, string problem) => new(new DaprError(500, code, problem));

    public static DaprException Mismatch(string code, string key) => new(new DaprError(409, code, $"possible ETag mismatch: key '{key}' was changed by somebody else"));

    public static DaprException InvalidETag(string code, string key) => new(new DaprError(400, code, $"the ETag given for key '{key}' is not valid for this store"));

    public static DaprException ETagRequired(string code, string key)
        => new(new DaprError(500, code, $"key '{key}' was saved with first-write: it can only be replaced with its ETag"));

    public static DaprException UnknownOperation(string operation) => new(new DaprError(400, "ERR_NOT_SUPPORTED_STATE_OPERATION", $"the operation '{operation}' is none of upsert, delete") { GrpcStatus = StatusCode.Unimplemented });

    public static DaprException NotTransactional(string store) => OfStore(store, "ERR_STATE_STORE_NOT_SUPPORTED", "DAPR_STATE_TRANSACTIONS_NOT_SUPPORTED", $"state store '{store}' does not support transactions", grpcStatus: StatusCode.Unimplemented);

    public static DaprException NotQueryable(string store) => OfStore(store, "ERR_STATE_STORE_NOT_SUPPORTED", "DAPR_STATE_QUERYING_NOT_SUPPORTED", $"state store '{store}' does not support querying");

    public static DaprException QueryFailed(string store, string problem, Exception? exception = null)
        => OfStore(store, "ERR_STATE_QUERY", "DAPR_STATE_QUERY_FAILED", $"state store '{store}': the query failed: {problem}", exception);

    public static DaprException OutboxFailed(string appId, string problem, Exception? exception = null)
        => new(new DaprError(
            500,
            "ERR_PUBLISH_OUTBOX",
            $"an event of the outbox cannot be published: {problem}",
            new ErrorInfo("DAPR_PUBSUB_OUTBOX", new Dictionary<string, string> { ["appID"] = appId, ["error"] = problem })), exception);

    public static DaprException Failed(string code, string store, Exception exception)
        => new(new DaprError(500, code, $"state store '{store}' failed: {exception.Message}"), exception);

    private static DaprException OfStore(
        string store, string code, string reason, string problem, Exception? exception = null, StatusCode grpcStatus = StatusCode.Internal)
        => new(new DaprError(500, code, problem, new ResourceInfo("state", store, ""), new ErrorInfo(reason, null)) { GrpcStatus = grpcStatus }, exception);
}
