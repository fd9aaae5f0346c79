using Microsoft.AspNetCore.Http;

namespace Tandem.ServiceDefaults;

/// <summary>Which requests of admins are written down.</summary>
public sealed class AuditOptions
{
    /// <summary>The paths that this service answers for; everything unless set. The gateway passes most on to services that keep their own.</summary>
    public PathString Under { get; set; } = PathString.Empty;
}
