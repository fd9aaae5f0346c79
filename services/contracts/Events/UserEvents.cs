namespace Tandem.Contracts.Events;

/// <summary>A user signed up; topic <see cref="Topics.Users"/>.</summary>
public sealed record UserRegistered : IntegrationEvent
{
    public required string UserId { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Subject => UserId;

    [System.Text.Json.Serialization.JsonIgnore]
    public override string Topic => Topics.Users;
}
