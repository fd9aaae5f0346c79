using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Notification;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Notification;

/// <summary>What the tests of this service have in common.</summary>
internal static class NotificationTesting
{
    /// <summary>A user's notifications as the API lists them, the newest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> ListAsync(this ServiceApplication<NotificationService> application, string userId, string query = "")
    {
        using var client = application.CreateClient(userId);
        var page = await client.GetFromJsonAsync<JsonElement>(new Uri($"/notifications?userId={userId}&pageSize=100{query}", UriKind.Relative));
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    /// <summary>Waits until a user's notifications are as they should be; it looks whenever one has changed.</summary>
    public static async Task<IReadOnlyList<JsonElement>> WaitForAsync(
        this ServiceApplication<NotificationService> application, string userId, Func<IReadOnlyList<JsonElement>, bool> condition)
    {
        using var patience = new CancellationTokenSource(ServiceApplication<NotificationService>.Deadline);
        using var watcher = application.Services.GetRequiredService<NotificationFeed>().Watch(userId);
        while (true)
        {
            var notifications = await application.ListAsync(userId);
            if (condition(notifications))
            {
                return notifications;
            }

            try
            {
                await watcher.Signal.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited in vain; the notifications are {JsonSerializer.Serialize(notifications)}");
            }
        }
    }
}
