using Microsoft.AspNetCore.Authentication;

namespace Dapr.AspNetCore;

/// <summary>The token by which an app knows its own sidecar.</summary>
public class DaprAuthenticationOptions : AuthenticationSchemeOptions
{
    internal const string DefaultScheme = "Dapr";

    /// <summary>The token; <c>APP_API_TOKEN</c> by default. Without one, every request passes.</summary>
    public string? Token { get; set; } = DaprDefaults.GetAppApiToken();
}
