using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

internal static class OutboxExtensions
{
    public static IServiceCollection AddOutbox(this IServiceCollection services)
        => services.AddSingleton<Outbox>().AddHostedService<OutboxPublisher>();
}
