using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

internal static class InboxExtensions
{
    public static IServiceCollection AddInbox(this IServiceCollection services)
        => services.AddSingleton<Inbox>().AddHostedService<MessagingCleaner>();
}
