using System.Globalization;
using FluentValidation;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Registers the service's parts.</summary>
internal static class NotificationServices
{
    public static WebApplicationBuilder AddNotifications(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<NotificationOptions>()
            .Configure<IConfiguration>(static (options, configuration) => Read(options, configuration))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidator<CreateNotificationRequest>, CreateNotificationValidator>();
        services.AddSingleton<IValidator<UpdateNotificationRequest>, UpdateNotificationValidator>();
        services.AddSingleton<IValidator<ReadAllRequest>, ReadAllValidator>();
        services.AddSingleton<NotificationMetrics>();
        services.AddHostedService(static provider => provider.GetRequiredService<NotificationMetrics>());
        services.AddSingleton<NotificationStore>();
        services.AddSingleton<NotificationChanges>();
        services.AddSingleton<NotificationFeed>();
        services.AddSingleton<EventNotifications>();
        services.AddDelivery();
        services.AddHostedService<ExpiredNotifications>();
        return builder;
    }

    private static void AddDelivery(this IServiceCollection services)
    {
        services.AddSingleton<RecipientStore>();
        services.AddSingleton<RecipientDirectory>();
        services.AddServiceClient<IdentityClient>("identity");
        services.AddSingleton<OutputBinding>();
        services.AddSingleton<DispatchSignal>();
        services.AddSingleton<IChannelSender, EmailSender>();
        services.AddSingleton<IChannelSender, SmsSender>();
        services.AddHostedService<Dispatcher>();
    }

    private static void Read(NotificationOptions options, IConfiguration configuration)
    {
        if (configuration["DEFAULT_RETRY_ATTEMPTS"] is { Length: > 0 } attempts)
        {
            options.RetryAttempts = int.TryParse(attempts, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new InvalidOperationException($"DEFAULT_RETRY_ATTEMPTS is \"{attempts}\"; expected a number.");
        }

        if (configuration["NOTIFICATION_TTL"] is { Length: > 0 } lifetime)
        {
            options.Lifetime = Durations.Parse("NOTIFICATION_TTL", lifetime);
        }

        if (configuration["CLEANUP_INTERVAL"] is { Length: > 0 } interval)
        {
            options.CleanupInterval = Durations.Parse("CLEANUP_INTERVAL", interval);
        }

        if (configuration["MAIL_FROM"] is { Length: > 0 } from)
        {
            options.MailFrom = from;
        }

        options.MailFormat = FormatOf(configuration, "MAIL_FORMAT", options.MailFormat, MessageFormat.Eml, MessageFormat.Text);
        options.SmsFormat = FormatOf(configuration, "SMS_FORMAT", options.SmsFormat, MessageFormat.Json, MessageFormat.Text);
    }

    private static MessageFormat FormatOf(IConfiguration configuration, string name, MessageFormat otherwise, params MessageFormat[] known)
    {
        var text = configuration[name];
        return string.IsNullOrEmpty(text) ? otherwise
            : Words.Find<MessageFormat>(text) is { } format && known.Contains(format) ? format
            : throw new InvalidOperationException($"{name} is \"{text}\"; expected {string.Join(" or ", known.Select(Words.Of))}.");
    }
}
