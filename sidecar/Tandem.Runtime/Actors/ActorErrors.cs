using Grpc.Core;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Actors;

/// <summary>Every error of the actors building block, with Dapr's code and status.</summary>
internal static class ActorErrors
{
    public static DaprError RuntimeNotFound { get; } = new(
        500,
        "ERR_ACTOR_RUNTIME_NOT_FOUND",
        "the state store is not configured to use the actor runtime. Have you set the - name: actorStateStore value: \"true\" in your state store component file?");

    public static DaprError InstanceMissing { get; } = new(400, "ERR_ACTOR_INSTANCE_MISSING", "actor instance is missing") { GrpcStatus = StatusCode.Internal };

    public static DaprError StackDepth { get; } = new(500, "ERR_ACTOR_STACK_DEPTH", "maximum stack depth exceeded") { GrpcStatus = StatusCode.ResourceExhausted };

    public static DaprError RuntimeClosed { get; } = new(500, "ERR_ACTOR_RUNTIME_CLOSED", "actor runtime is closed") { GrpcStatus = StatusCode.Unavailable };

    public static DaprError ReminderNonHosted { get; } = new(
        403, "ERR_ACTOR_REMINDER_NON_HOSTED", "operations on actor reminders are only possible on hosted actor types");

    public static DaprError Invoke(string reason) => new(500, "ERR_ACTOR_INVOKE_METHOD", $"error invoke actor method: {reason}");

    public static DaprError NoAddress(string actorType, string actorId)
        => new(500, "ERR_ACTOR_NO_ADDRESS", $"did not find address for actor {actorType}/{actorId}: no running app hosts the actor type '{actorType}'") { GrpcStatus = StatusCode.FailedPrecondition };

    public static DaprError Malformed(string reason) => new(400, "ERR_MALFORMED_REQUEST", $"failed deserializing HTTP body: {reason}");

    public static DaprError StateGet(string reason) => new(500, "ERR_ACTOR_STATE_GET", $"error getting actor state: {reason}");

    public static DaprError StateSave(string reason)
        => new(500, "ERR_ACTOR_STATE_TRANSACTION_SAVE", $"error saving actor transaction state: {reason}");

    public static DaprError UnknownOperation(string? kind)
        => StateSave($"operation type '{kind}' not supported; it must be upsert or delete") with { GrpcStatus = StatusCode.Unimplemented };

    public static DaprError BadName(string what, string name)
        => new(400, "ERR_BAD_REQUEST", name.Length == 0 ? $"invalid request: the {what} is empty" : $"invalid request: the {what} '{name}' has characters that are not allowed");

    public static DaprError TimerCreate(string reason) => new(500, "ERR_ACTOR_TIMER_CREATE", $"error creating actor timer: {reason}");

    public static DaprError ReminderCreate(string reason) => new(500, "ERR_ACTOR_REMINDER_CREATE", $"error creating actor reminder: {reason}");

    public static DaprError ReminderGet(string reason) => new(500, "ERR_ACTOR_REMINDER_GET", $"error getting actor reminder: {reason}");

    public static DaprError ReminderDelete(string reason) => new(500, "ERR_ACTOR_REMINDER_DELETE", $"error deleting actor reminder: {reason}");

    public static DaprError ReminderExists(string name)
        => new(409, "ERR_ACTOR_REMINDER_ALREADY_EXISTS", $"an actor reminder named '{name}' exists already, and the request does not allow to overwrite it") { GrpcStatus = StatusCode.AlreadyExists };

    public static DaprError ReminderNotFound(string name) => new(404, "ERR_ACTOR_REMINDER_NOT_FOUND", $"actor reminder not found: {name}");
}
