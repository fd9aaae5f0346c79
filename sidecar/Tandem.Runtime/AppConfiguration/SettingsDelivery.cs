using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Polly;
using Tandem.Components.Configuration;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.AppConfiguration;

/// <summary>
/// Brings changes of one store's settings to the app: POST <c>/configuration/{store}/{key}</c>. While the app is away a change waits;
/// one that the app refuses after all tries of the policy is logged and passed over, as the next change replaces it anyway.
/// </summary>
internal sealed partial class SettingsDelivery(string storeName, IAppChannel app, TargetPolicy? policy, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan PauseAfterBrokenAnswer = TimeSpan.FromMilliseconds(100);

    private readonly ResiliencePipeline<int>? _pipeline = policy?.Build<int>(
        static status => status is >= 200 and < 300 ? null : status,
        static exception => exception is not AppUnreachableException and not OperationCanceledException);

    /// <summary>Delivers one change.</summary>
    public async ValueTask DeliverAsync(string subscription, string key, ConfigurationItem? item, CancellationToken cancellationToken)
    {
        var body = Write(subscription, key, item);
        while (true)
        {
            await app.WaitUntilHealthyAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var status = _pipeline is null
                    ? await SendAsync(key, body, cancellationToken).ConfigureAwait(false)
                    : await _pipeline.ExecuteAsync(
                        static (argument, token) => argument.self.SendAsync(argument.key, argument.body, token),
                        (self: this, key, body),
                        cancellationToken).ConfigureAwait(false);
                if (status is < 200 or >= 300)
                {
                    Log.Refused(logger, storeName, key, $"the app answered {status}");
                }

                return;
            }
            catch (AppUnreachableException exception)
            {
                Log.AppGone(logger, storeName, key, exception.Message);
                await Task.Delay(PauseAfterBrokenAnswer, timeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Refused(logger, storeName, key, exception.Message);
                return;
            }
        }
    }

    private static ReadOnlyMemory<byte> Write(string subscription, string key, ConfigurationItem? item)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, subscription);
            writer.WriteStartObject("items"u8);
            writer.WritePropertyName(key);
            SettingsJson.Write(writer, item);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private async ValueTask<int> SendAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/configuration/{Uri.EscapeDataString(storeName)}/{Uri.EscapeDataString(key)}", UriKind.Relative))
        {
            Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        using var response = await app.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return (int)response.StatusCode;
    }

    private static partial class Log
    {
        [LoggerMessage(2401, LogLevel.Warning, "The change of {Key} in configuration store {StoreName} was not taken: {Reason}")]
        public static partial void Refused(ILogger logger, string storeName, string key, string reason);

        [LoggerMessage(2402, LogLevel.Debug, "The change of {Key} in configuration store {StoreName} waits for the app: {Reason}")]
        public static partial void AppGone(ILogger logger, string storeName, string key, string reason);
    }
}
