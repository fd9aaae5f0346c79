namespace Tandem.Identity.Users;

/// <summary>Where a user lives.</summary>
internal sealed record Address(string? Street, string? City, string? State, string? Zip, string? Country);

/// <summary>A user as stored.</summary>
internal sealed record User
{
    public required string Id { get; init; }

    /// <summary>In lower case: it is the name to sign in with.</summary>
    public required string Email { get; init; }

    public required string Name { get; init; }

    public required string PasswordHash { get; init; }

    public string? Phone { get; init; }

    public Address? Address { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The form in which an address is stored and looked for.</summary>
    public static string NormalizeEmail(string email) => email.Trim().ToLowerInvariant();
}
