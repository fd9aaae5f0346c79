namespace Tandem.Identity.Users;

/// <summary>A user as clients see it.</summary>
internal sealed record UserResponse(string Id, string Email, string Name, string? Phone, Address? Address, IReadOnlyList<string> Roles)
{
    public static UserResponse From(User user) => new(user.Id, user.Email, user.Name, user.Phone, user.Address, user.Roles);
}
