using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Where the connection string comes from: the secret store behind the sidecar, asked until it answers (the sidecar may start after us),
/// or the configuration where one runs a service without a sidecar.
/// </summary>
internal sealed partial class ConnectionStringSource(
    DatabaseOptions options, IConfiguration configuration, IServiceProvider provider, TimeProvider time, ILogger<ConnectionStringSource> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        if (configuration[$"ConnectionStrings:{options.Name}"] is { Length: > 0 } configured)
        {
            return configured;
        }

        var dapr = (DaprClient)provider.GetService(typeof(DaprClient))!;
        var started = time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(25);
        var said = false;
        while (true)
        {
            string reason;
            try
            {
                var secret = await dapr.GetSecretAsync(DatabaseOptions.SecretStore, options.Name, cancellationToken: cancellationToken);
                if (secret.TryGetValue(options.Name, out var value) && value.Length > 0)
                {
                    return value;
                }

                reason = "the secret has no value of that name";
            }
            catch (Exception exception) when (exception is DaprException or HttpRequestException or TimeoutException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                reason = exception.InnerException?.Message ?? exception.Message;
            }

            if (!said && time.GetElapsedTime(started) > Patience)
            {
                said = true;
                Log.Waiting(logger, options.Name, DatabaseOptions.SecretStore, reason);
            }

            await Task.Delay(pause, time, cancellationToken);
            pause = pause < LongestPause ? pause * 1.5 : LongestPause;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5110, LogLevel.Warning, "Still waiting for the secret {Secret} of {SecretStore}: {Reason}")]
        public static partial void Waiting(ILogger logger, string secret, string secretStore, string reason);
    }
}
