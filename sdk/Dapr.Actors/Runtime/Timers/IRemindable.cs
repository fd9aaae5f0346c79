namespace Dapr.Actors.Runtime;

/// <summary>An actor that reminders can call.</summary>
public interface IRemindable
{
    /// <summary>A reminder fired.</summary>
    Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period);
}

/// <summary>A reminder of an actor.</summary>
public interface IActorReminder
{
    /// <summary>The reminder's name.</summary>
    string Name { get; }

    /// <summary>How long until it fires first.</summary>
    TimeSpan DueTime { get; }

    /// <summary>How long until it fires again; negative when it does not.</summary>
    TimeSpan Period { get; }

    /// <summary>What it carries.</summary>
    byte[] State { get; }
}
