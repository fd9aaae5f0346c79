namespace Tandem.Notification;

/// <summary>Where a user can be reached.</summary>
internal sealed class Recipient
{
    public string UserId { get; init; } = "";

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public string? Name { get; init; }
}
