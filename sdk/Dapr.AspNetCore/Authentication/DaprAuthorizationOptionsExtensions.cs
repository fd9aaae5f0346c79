using Dapr.AspNetCore;

namespace Microsoft.AspNetCore.Authorization;

/// <summary>Adds a policy for the app's sidecar.</summary>
public static class DaprAuthorizationOptionsExtensions
{
    /// <summary>Adds a policy that only the app's sidecar meets.</summary>
    public static void AddDapr(this AuthorizationOptions options, string name = "Dapr")
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AddPolicy(name, static policy => policy.AddAuthenticationSchemes(DaprAuthenticationOptions.DefaultScheme).RequireAuthenticatedUser());
    }
}
