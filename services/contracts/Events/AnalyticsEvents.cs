namespace Tandem.Contracts.Events;

/// <summary>A one-minute window of orders closed; topic <see cref="Topics.AnalyticsResults"/>.</summary>
public sealed record WindowClosed : IntegrationEvent
{
    public required DateTimeOffset Start { get; init; }

    public required DateTimeOffset End { get; init; }

    public required int Orders { get; init; }

    public required decimal Revenue { get; init; }

    public required int UniqueUsers { get; init; }

    public required decimal AverageOrderValue { get; init; }

    public required string Currency { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Subject => $"{Start:yyyy-MM-ddTHH:mmZ}/{Currency}";

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Topic => Topics.AnalyticsResults;
}
