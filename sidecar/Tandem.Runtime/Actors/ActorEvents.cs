namespace Tandem.Runtime.Actors;

/// <summary>The event IDs of the actors building block: 2600 to 2699.</summary>
internal static class ActorEvents
{
    public const int Registered = 2600;
    public const int Unregistered = 2601;
    public const int ConfigurationFault = 2602;
    public const int NoStateStore = 2603;
    public const int AnnounceFailed = 2604;
    public const int DeactivationFailed = 2610;
    public const int DrainTimedOut = 2611;
    public const int Rebalanced = 2612;
    public const int DrainCutOff = 2613;
    public const int HostsNotSeen = 2614;
    public const int NotHandedOver = 2615;
    public const int TimerFailed = 2620;
    public const int ReminderFailed = 2630;
    public const int ReminderStoreFailed = 2631;
    public const int RemindersFound = 2632;
    public const int RemindersNotRead = 2633;
    public const int ReminderUnreadable = 2634;
    public const int ReminderNotHandedOver = 2635;
}
