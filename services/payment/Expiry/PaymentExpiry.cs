using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Tandem.Payment;

/// <summary>How often pending payments are looked through; section <c>Expiry</c>.</summary>
internal sealed class ExpiryOptions
{
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(1);
}

/// <summary>Ends pending payments whose time is over.</summary>
internal sealed partial class PaymentExpiry(PaymentStore payments, IOptions<ExpiryOptions> options, TimeProvider time, ILogger<PaymentExpiry> logger)
    : BackgroundService
{
    private const int Batch = 500;

    /// <summary>One round; answers how many it ended.</summary>
    internal async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        var expired = 0;
        foreach (var id in await payments.IdsAsync(PaymentStatus.Pending, time.Now(), Batch, cancellationToken))
        {
            if (await payments.ChangeAsync(id, payment => payment.Expire(time.Now()), cancellationToken) is { IsRefused: false })
            {
                expired++;
            }
        }

        return expired;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        try
        {
            do
            {
                try
                {
                    var expired = await ExpireAsync(stoppingToken);
                    if (expired > 0)
                    {
                        Log.Expired(logger, expired);
                    }
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.Failed(logger, exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops; what is due is found by the next start.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8221, LogLevel.Information, "{Count} pending payments expired")]
        public static partial void Expired(ILogger logger, int count);

        [LoggerMessage(8222, LogLevel.Error, "Pending payments could not be looked through; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
