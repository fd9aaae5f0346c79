namespace Tandem.Contracts.Events;

/// <summary>Those who run the shop tell everybody something.</summary>
public abstract record AnnouncementEvent : IntegrationEvent
{
    public override string Subject => "announcements";
}

/// <summary>The shop will be closed for a while; topic <see cref="Topics.System"/>.</summary>
public sealed record SystemMaintenance : AnnouncementEvent
{
    public required DateTimeOffset StartsAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    public required string Message { get; init; }

    public override string Topic => Topics.System;
}

/// <summary>There is a promotion; topic <see cref="Topics.Marketing"/>.</summary>
public sealed record PromotionCreated : AnnouncementEvent
{
    public required string Title { get; init; }

    public required string Message { get; init; }

    public required DateTimeOffset ValidUntil { get; init; }

    public override string Topic => Topics.Marketing;
}
