using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.ApiLogging;

/// <summary>Which API a call is for, without the names that its path holds.</summary>
internal static class ApiName
{
    /// <summary>Whether the path asks for health.</summary>
    public static bool IsHealth(ReadOnlySpan<char> path) => ApiRouter.TrySplit(path, out _, out var block, out _) && block is "healthz";

    /// <summary>The API's name, as Dapr's interface definition has it.</summary>
    public static string Find(string method, ReadOnlySpan<char> path)
    {
        if (!ApiRouter.TrySplit(path, out _, out var block, out var offset))
        {
            // Any other path is for the app that dapr-app-id names.
            return "InvokeService";
        }

        var segments = path[offset..].ToString().Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isRead = HttpMethods.IsGet(method);
        var isDelete = HttpMethods.IsDelete(method);
        return block switch
        {
            "invoke" => "InvokeService",
            "state" => OfState(segments, isRead, isDelete),
            "publish" => segments is ["bulk", ..] ? "BulkPublishEvent" : "PublishEvent",
            "bindings" => "InvokeBinding",
            "secrets" => segments is [_, "bulk"] ? "GetBulkSecret" : "GetSecret",
            "configuration" => segments is [_, "subscribe"] ? "SubscribeConfiguration" : segments is [_, _, "unsubscribe"] ? "UnsubscribeConfiguration" : "GetConfiguration",
            "lock" => "TryLock",
            "unlock" => "Unlock",
            "actors" => OfActor(segments, isRead, isDelete),
            "jobs" => isRead ? "GetJob" : isDelete ? "DeleteJob" : "ScheduleJob",
            "crypto" => segments is [_, "decrypt", ..] ? "Decrypt" : "Encrypt",
            "metadata" => isRead ? "GetMetadata" : "SetMetadata",
            "healthz" => "Healthz",
            "shutdown" => "Shutdown",
            _ => "Unknown",
        };
    }

    private static string OfState(string[] segments, bool isRead, bool isDelete) => segments switch
    {
        [_, "bulk"] when !isRead => "GetBulkState",
        [_, "transaction"] when !isRead => "ExecuteStateTransaction",
        [_, "query"] when !isRead => "QueryState",
        _ => isRead ? "GetState" : isDelete ? "DeleteState" : "SaveState",
    };

    private static string OfActor(string[] segments, bool isRead, bool isDelete) => segments switch
    {
        [_, _, "method", ..] => "InvokeActor",
        [_, _, "state"] => "ExecuteActorStateTransaction",
        [_, _, "state", ..] => "GetActorState",
        [_, _, "reminders", ..] => isRead ? "GetActorReminder" : isDelete ? "UnregisterActorReminder" : "RegisterActorReminder",
        [_, _, "timers", ..] => isDelete ? "UnregisterActorTimer" : "RegisterActorTimer",
        _ => "Unknown",
    };
}
