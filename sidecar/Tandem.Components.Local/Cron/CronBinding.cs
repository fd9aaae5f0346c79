using System.Globalization;
using Microsoft.Extensions.Logging;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;
using Tandem.Components.Scheduling;

namespace Tandem.Components.Local.Cron;

/// <summary><c>bindings.cron</c>: calls the app on a schedule.</summary>
internal sealed partial class CronBinding(string name, CronSchedule schedule, TimeProvider timeProvider, ILogger<CronBinding> logger) : IInputBinding
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    public static CronBinding Create(ComponentContext context)
    {
        var text = context.Metadata.GetRequiredString("schedule");
        try
        {
            return new CronBinding(
                context.Name, CronSchedule.Parse(text), context.TimeProvider, context.LoggerFactory.CreateLogger<CronBinding>());
        }
        catch (FormatException exception)
        {
            throw new ComponentMetadataException("schedule", $"is no schedule: {exception.Message}", exception);
        }
    }

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <inheritdoc/>
    public ValueTask<IAsyncDisposable> ReadAsync(BindingHandler handler, CancellationToken cancellationToken)
        => ValueTask.FromResult<IAsyncDisposable>(new Reader(this, handler));

    /// <summary>
    /// Waits for the time that follows <paramref name="previous"/>, or for the next one from now on when that has passed already;
    /// <see langword="null"/> when there is none.
    /// </summary>
    private async Task<DateTimeOffset?> WaitForNextAsync(DateTimeOffset previous, CancellationToken cancellationToken)
    {
        var due = schedule.Next(previous, timeProvider.LocalTimeZone);
        if (due < Now)
        {
            due = schedule.Next(Now, timeProvider.LocalTimeZone);
        }

        if (due is not { } time)
        {
            Log.NeverDue(logger, name);
            return null;
        }

        // In short steps: a suspended machine or a clock that is set must not delay a far time further.
        for (var left = time - Now; left > TimeSpan.Zero; left = time - Now)
        {
            await Task.Delay(left < LongestWait ? left : LongestWait, timeProvider, cancellationToken);
        }

        return time;
    }

    private async Task CallAsync(BindingHandler handler)
    {
        var metadata = new Dictionary<string, string>
        {
            ["timeZone"] = timeProvider.LocalTimeZone.Id,
            ["readTimeUTC"] = Now.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fffffff' +0000 UTC'", CultureInfo.InvariantCulture),
        };
        try
        {
            await handler(new BindingEvent(ReadOnlyMemory<byte>.Empty, "application/json", metadata), CancellationToken.None);
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(logger, exception, name);
        }
    }

    /// <summary>One reader: a call at a time; what falls due during a call is skipped.</summary>
    private sealed class Reader : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _loop;

        public Reader(CronBinding binding, BindingHandler handler) => _loop = RunAsync(binding, handler);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _loop;
            _stop.Dispose();
        }

        private async Task RunAsync(CronBinding binding, BindingHandler handler)
        {
            try
            {
                var start = binding.Now;
                for (var due = await binding.WaitForNextAsync(start, _stop.Token);
                    due is { } time;
                    due = await binding.WaitForNextAsync(time, _stop.Token))
                {
                    await binding.CallAsync(handler);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                // The sidecar stops.
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2501, LogLevel.Warning, "The app did not take the event of the binding {Binding}")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string binding);

        [LoggerMessage(2502, LogLevel.Warning, "The schedule of the binding {Binding} matches no time in the next years")]
        public static partial void NeverDue(ILogger logger, string binding);
    }
}
