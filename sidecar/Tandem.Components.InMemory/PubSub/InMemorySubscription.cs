using Microsoft.Extensions.Logging;
using Tandem.Components.PubSub;

namespace Tandem.Components.InMemory.PubSub;

/// <summary>One member of a group: takes messages, some at once, and puts back what was not handled.</summary>
internal sealed partial class InMemorySubscription : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly InMemoryGroup _group;
    private readonly MessageHandler _handler;
    private readonly InMemoryPubSubOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Action _onClosed;
    private readonly Task _workers;

    public InMemorySubscription(
        InMemoryGroup group, MessageHandler handler, InMemoryPubSubOptions options, TimeProvider timeProvider, ILogger logger, Action onClosed)
    {
        _group = group;
        _handler = handler;
        _options = options;
        _timeProvider = timeProvider;
        _logger = logger;
        _onClosed = onClosed;
        _workers = Task.WhenAll(Enumerable.Range(0, options.Concurrency).Select(_ => WorkAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _workers;
        _onClosed();
        _stop.Dispose();
    }

    private async Task WorkAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await foreach (var message in _group.Messages.ReadAllAsync(_stop.Token))
            {
                while (!await TryHandleAsync(message))
                {
                    await WaitForRetryAsync(message);
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The subscription ends.
        }
    }

    private async Task WaitForRetryAsync(Message message)
    {
        try
        {
            await Task.Delay(_options.RetryInterval, _timeProvider, _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Another member of the group may do better.
            _group.Add(message);
            throw;
        }
    }

    private async Task<bool> TryHandleAsync(Message message)
    {
        try
        {
            return await _handler(message, CancellationToken.None) == MessageDisposition.Done;
        }
        catch (Exception exception)
        {
            Log.HandlerFailed(_logger, exception, message.Topic);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2301, LogLevel.Warning, "The handler of topic {Topic} failed; the message is delivered again")]
        public static partial void HandlerFailed(ILogger logger, Exception exception, string topic);
    }
}
