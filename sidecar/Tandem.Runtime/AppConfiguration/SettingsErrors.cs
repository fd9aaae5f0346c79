using Grpc.Core;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.AppConfiguration;

/// <summary>The errors of the configuration building block.</summary>
internal static class SettingsErrors
{
    public static DaprException NotConfigured() => new(new DaprError(500, "ERR_CONFIGURATION_STORE_NOT_CONFIGURED", "no configuration store is configured") { GrpcStatus = StatusCode.FailedPrecondition });

    public static DaprException NotFound(string store) => new(new DaprError(400, "ERR_CONFIGURATION_STORE_NOT_FOUND", $"configuration store '{store}' is not found"));

    public static DaprException NoApp()
        => new(new DaprError(500, "ERR_APP_CHANNEL_NIL", "no app stands beside this sidecar (--app-port is not set): changes could not be delivered"));

    public static DaprException GetFailed(string store, Exception exception) => new(Failed("ERR_CONFIGURATION_GET", store, exception), exception);

    public static DaprException SubscribeFailed(string store, Exception exception)
        => new(Failed("ERR_CONFIGURATION_SUBSCRIBE", store, exception) with { GrpcStatus = StatusCode.InvalidArgument }, exception);

    public static string NoSubscription(string id) => $"there is no subscription '{id}'";

    private static DaprError Failed(string code, string store, Exception exception) => new(500, code, $"configuration store '{store}' failed: {exception.Message}");
}
