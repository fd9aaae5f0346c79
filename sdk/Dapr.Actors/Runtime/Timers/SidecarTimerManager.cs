using System.Text.Json;

namespace Dapr.Actors.Runtime;

/// <summary>Registers timers and reminders with the sidecar.</summary>
internal sealed class SidecarTimerManager(ActorSidecar sidecar) : ActorTimerManager
{
    private const string Reminders = "reminders";
    private const string Timers = "timers";

    public override Task RegisterReminderAsync(ActorReminder reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        var body = JsonBody.Write(reminder, static (writer, state) =>
        {
            writer.WriteStartObject();
            Schedule(writer, state.DueTime, DaprDuration.FormatPeriod(state.Period, state.Repetitions), state.Ttl);
            writer.WriteBase64String("data", state.State);
            writer.WriteEndObject();
        });
        return sidecar.RegisterAsync(Reminders, reminder.ActorType, reminder.ActorId, reminder.Name, body);
    }

    public override async Task<IActorReminder?> GetReminderAsync(ActorReminderToken reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        using var document = await sidecar.GetReminderAsync(reminder.ActorType, reminder.ActorId, reminder.Name).ConfigureAwait(false);
        if (document is not { RootElement.ValueKind: JsonValueKind.Object })
        {
            return null;
        }

        var call = ScheduledCall.Read(document.RootElement);
        return new ActorReminder(reminder.ActorType, reminder.ActorId, reminder.Name, call.Data, call.DueTime < TimeSpan.Zero ? TimeSpan.Zero : call.DueTime, call.Period);
    }

    public override Task UnregisterReminderAsync(ActorReminderToken reminder)
    {
        ArgumentNullException.ThrowIfNull(reminder);
        return sidecar.UnregisterAsync(Reminders, reminder.ActorType, reminder.ActorId, reminder.Name);
    }

    public override Task RegisterTimerAsync(ActorTimer timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        var body = JsonBody.Write(timer, static (writer, state) =>
        {
            writer.WriteStartObject();
            Schedule(writer, state.DueTime, DaprDuration.FormatPeriod(state.Period, null), state.Ttl);
            writer.WriteBase64String("data", state.Data);
            writer.WriteString("callback", state.TimerCallback);
            writer.WriteEndObject();
        });
        return sidecar.RegisterAsync(Timers, timer.ActorType, timer.ActorId, timer.Name, body);
    }

    public override Task UnregisterTimerAsync(ActorTimerToken timer)
    {
        ArgumentNullException.ThrowIfNull(timer);
        return sidecar.UnregisterAsync(Timers, timer.ActorType, timer.ActorId, timer.Name);
    }

    private static void Schedule(Utf8JsonWriter writer, TimeSpan dueTime, string period, TimeSpan? ttl)
    {
        writer.WriteString("dueTime", DaprDuration.Format(dueTime));
        writer.WriteString("period", period);
        if (ttl is { } time)
        {
            writer.WriteString("ttl", DaprDuration.Format(time));
        }
    }
}
