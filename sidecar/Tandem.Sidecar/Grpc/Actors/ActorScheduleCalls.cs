using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.Actors;
using Tandem.Runtime.Actors.Reminders;
using Tandem.Runtime.Actors.Timers;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.Actors;

/// <summary>The methods of actors' timers and reminders.</summary>
internal static class ActorScheduleCalls
{
    private static readonly Empty Done = new();

    public static Empty CreateTimer(BuildingBlocks blocks, Proto.RegisterActorTimerRequest request)
    {
        ActorRuntime.EnsureName("timer's name", request.Name);
        blocks.Actors.CreateTimer(request.ActorType, request.ActorId, request.Name, new TimerRequest
        {
            DueTime = TextOrNull(request.DueTime),
            Period = TextOrNull(request.Period),
            Ttl = TextOrNull(request.Ttl),
            Callback = TextOrNull(request.Callback),
            Data = ToJson(request.Data),
        });
        return Done;
    }

    public static Empty DeleteTimer(BuildingBlocks blocks, Proto.UnregisterActorTimerRequest request)
    {
        blocks.Actors.DeleteTimer(request.ActorType, request.ActorId, request.Name);
        return Done;
    }

    public static async Task<Empty> CreateReminderAsync(BuildingBlocks blocks, Proto.RegisterActorReminderRequest request)
    {
        ActorRuntime.EnsureName("reminder's name", request.Name);
        var reminder = new ReminderRequest
        {
            DueTime = TextOrNull(request.DueTime),
            Period = TextOrNull(request.Period),
            Ttl = TextOrNull(request.Ttl),
            Overwrite = request.HasOverwrite ? request.Overwrite : null,
            Data = ToJson(request.Data),
        };

        // What was begun is carried out, whether its caller waits for the answer or not.
        await blocks.Actors.CreateReminderAsync(request.ActorType, request.ActorId, request.Name, reminder, CancellationToken.None).ConfigureAwait(false);
        return Done;
    }

    public static async Task<Empty> DeleteReminderAsync(BuildingBlocks blocks, Proto.UnregisterActorReminderRequest request)
    {
        await blocks.Actors.DeleteReminderAsync(request.ActorType, request.ActorId, request.Name, CancellationToken.None).ConfigureAwait(false);
        return Done;
    }

    public static async Task<Proto.UnregisterActorRemindersByTypeResponse> DeleteRemindersAsync(BuildingBlocks blocks, Proto.UnregisterActorRemindersByTypeRequest request)
    {
        await blocks.Actors.DeleteRemindersAsync(request.ActorType, request.HasActorId ? request.ActorId : null, CancellationToken.None).ConfigureAwait(false);
        return new Proto.UnregisterActorRemindersByTypeResponse();
    }

    public static async Task<Proto.GetActorReminderResponse> GetReminderAsync(BuildingBlocks blocks, Proto.GetActorReminderRequest request, CancellationToken cancellationToken)
    {
        var reminder = await blocks.Actors.GetReminderAsync(request.ActorType, request.ActorId, request.Name, cancellationToken).ConfigureAwait(false);
        var response = new Proto.GetActorReminderResponse { ActorType = reminder.ActorType, ActorId = reminder.ActorId, Data = ToAny(reminder.Data) };
        if (reminder.DueTime is { } dueTime)
        {
            response.DueTime = dueTime;
        }

        if (reminder.Period is { } period)
        {
            response.Period = period;
        }

        if (reminder.Ttl is { } ttl)
        {
            response.Ttl = ttl;
        }

        return response;
    }

    public static async Task<Proto.ListActorRemindersResponse> ListRemindersAsync(BuildingBlocks blocks, Proto.ListActorRemindersRequest request, CancellationToken cancellationToken)
    {
        var response = new Proto.ListActorRemindersResponse();
        foreach (var (name, found) in await blocks.Actors.ListRemindersAsync(request.ActorType, request.HasActorId ? request.ActorId : null, cancellationToken).ConfigureAwait(false))
        {
            var reminder = new Proto.ActorReminder { ActorType = found.ActorType, ActorId = found.ActorId, Data = ToAny(found.Data) };
            if (found.DueTime is { } dueTime)
            {
                reminder.DueTime = dueTime;
            }

            if (found.Period is { } period)
            {
                reminder.Period = period;
            }

            if (found.Ttl is { } ttl)
            {
                reminder.Ttl = ttl;
            }

            response.Reminders.Add(new Proto.NamedActorReminder { Name = name, Reminder = reminder });
        }

        return response;
    }

    /// <summary>Apps get the data in JSON, in which bytes are base64: that is how Dapr has it for what came by gRPC.</summary>
    private static byte[]? ToJson(ByteString data) => data.IsEmpty ? null : Encoding.UTF8.GetBytes($"\"{data.ToBase64()}\"");

    private static Any? ToAny(byte[]? json) => json is null ? null : Any.Pack(new BytesValue { Value = UnsafeByteOperations.UnsafeWrap(json) });

    private static string? TextOrNull(string text) => text.Length == 0 ? null : text;
}
