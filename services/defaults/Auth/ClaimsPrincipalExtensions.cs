using System.Security.Claims;

namespace Tandem.ServiceDefaults;

/// <summary>Who calls.</summary>
public static class ClaimsPrincipalExtensions
{
    /// <summary>The signed-in user's id.</summary>
    /// <exception cref="InvalidOperationException">No user is signed in.</exception>
    public static string UserId(this ClaimsPrincipal principal)
        => principal.FindUserId() ?? throw new InvalidOperationException("No user is signed in.");

    /// <summary>The signed-in user's id, or nothing.</summary>
    public static string? FindUserId(this ClaimsPrincipal principal) => principal.FindFirst(TandemClaims.Subject)?.Value;

    /// <summary>Whether a user is signed in.</summary>
    public static bool IsUser(this ClaimsPrincipal principal) => principal.HasClaim(static claim => claim.Type == TandemClaims.Subject);

    /// <summary>Whether the signed-in user runs the shop.</summary>
    public static bool IsAdmin(this ClaimsPrincipal principal)
        => principal.IsUser() && principal.HasClaim(TandemClaims.Role, TandemClaims.AdminRole);

    /// <summary>Whether another service of the mesh calls.</summary>
    public static bool IsService(this ClaimsPrincipal principal) => principal.HasClaim(static claim => claim.Type == TandemClaims.Caller);

    /// <summary>The app id of the service that calls, or nothing.</summary>
    public static string? CallerAppId(this ClaimsPrincipal principal) => principal.FindFirst(TandemClaims.Caller)?.Value;

    /// <summary>Whether the caller may see and do what belongs to this user: the user, an admin or another service.</summary>
    public static bool CanActFor(this ClaimsPrincipal principal, string userId)
        => principal.IsAdmin() || principal.IsService() || string.Equals(principal.FindUserId(), userId, StringComparison.Ordinal);

    internal static bool IsSidecar(this ClaimsPrincipal principal) => principal.HasClaim(static claim => claim.Type == TandemClaims.OwnSidecar);
}
