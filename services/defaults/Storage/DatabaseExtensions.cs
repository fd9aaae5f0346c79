using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Adds a service's database.</summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// Adds the <see cref="Database"/>, its migrations (the embedded resources Migrations/*.sql of the service, in the order of their names),
    /// the outbox and the inbox, and a health check. The connection string is the secret of this name, read through the sidecar.
    /// </summary>
    /// <param name="builder">The service's builder.</param>
    /// <param name="name">The secret's name, such as "product-db".</param>
    public static WebApplicationBuilder AddDatabase(this WebApplicationBuilder builder, string name)
    {
        SqlTypes.Register();
        var services = builder.Services;
        services.AddSingleton(new DatabaseOptions(name, Assembly.Load(new AssemblyName(builder.Environment.ApplicationName))));
        services.AddSingleton(static provider => new Database(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Database>>()));
        services.TryAddSingleton<ConnectionStringSource>();
        services.AddHostedService<DatabaseStarter>();
        services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("database");
        services.AddOutbox();
        services.AddInbox();
        return builder;
    }
}
