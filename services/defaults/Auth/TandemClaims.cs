namespace Tandem.ServiceDefaults;

/// <summary>The claims of the mesh's tokens, and of the identities that a sidecar vouches for.</summary>
public static class TandemClaims
{
    /// <summary>The issuer of every user token.</summary>
    public const string Issuer = "tandem-identity";

    /// <summary>The audience of every user token.</summary>
    public const string Audience = "tandem";

    /// <summary>The user's id.</summary>
    public const string Subject = "sub";

    /// <summary>The user's email address.</summary>
    public const string Email = "email";

    /// <summary>The user's name.</summary>
    public const string Name = "name";

    /// <summary>One of the user's roles.</summary>
    public const string Role = "role";

    /// <summary>The role of those who run the shop.</summary>
    public const string AdminRole = "admin";

    /// <summary>The role of those who buy.</summary>
    public const string CustomerRole = "customer";

    /// <summary>The app id of the service that calls, as our sidecar says it.</summary>
    internal const string Caller = "caller_app_id";

    /// <summary>There when our own sidecar calls for itself, or for this service.</summary>
    internal const string OwnSidecar = "own_sidecar";
}
