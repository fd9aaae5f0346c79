using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>The audit log of what admins do.</summary>
internal static class AuditingExtensions
{
    public static IServiceCollection AddAuditing(this IServiceCollection services)
    {
        services.AddOptions<AuditOptions>();
        return services.AddSingleton<AuditLog>();
    }

    /// <summary>Put it after authentication, which tells who it is, and before authorization, which may refuse them.</summary>
    public static void UseAuditing(this WebApplication app) => app.UseMiddleware<AuditMiddleware>();
}
