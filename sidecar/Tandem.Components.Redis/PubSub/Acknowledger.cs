using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tandem.Components.Redis.Client;

namespace Tandem.Components.Redis.PubSub;

/// <summary>Tells the server what was handled: all that was handled while the telling before was on its way.</summary>
internal sealed partial class Acknowledger : IAsyncDisposable
{
    private const int MostAtOnce = 500;
    private const int FarewellAttempts = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Channel<string> _handled = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });
    private readonly GroupStream _stream;
    private readonly PendingEntries _pending;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Task _telling;
    private volatile bool _isLast;

    public Acknowledger(GroupStream stream, PendingEntries pending, TimeProvider timeProvider, ILogger logger)
    {
        _stream = stream;
        _pending = pending;
        _timeProvider = timeProvider;
        _logger = logger;
        _telling = Task.Run(TellAsync);
    }

    public void Add(string id) => _handled.Writer.TryWrite(id);

    /// <summary>Tells the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        _isLast = true;
        _handled.Writer.Complete();
        await _telling;
    }

    private async Task TellAsync()
    {
        var ids = new List<string>();
        while (await _handled.Reader.WaitToReadAsync())
        {
            ids.Clear();
            while (ids.Count < MostAtOnce && _handled.Reader.TryRead(out var id))
            {
                ids.Add(id);
            }

            await TellAsync(ids);
            ids.ForEach(_pending.Forget);
        }
    }

    /// <summary>Tries until the server has it: what it does not know of is delivered a second time.</summary>
    private async Task TellAsync(List<string> ids)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await _stream.AcknowledgeAsync(ids, CancellationToken.None);
                return;
            }
            catch (Exception exception) when (exception is RedisException or RedisUnavailableException or OperationCanceledException)
            {
                if (exception is RedisException || _isLast && attempt >= FarewellAttempts)
                {
                    Log.GivenUp(_logger, ids.Count, _stream.Topic, exception.Message);
                    return;
                }

                if (attempt == 1)
                {
                    Log.Waiting(_logger, ids.Count, _stream.Topic, exception.Message);
                }

                await Task.Delay(Pause, _timeProvider);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3131, LogLevel.Warning, "{Count} handled messages of topic {Topic} wait to be acknowledged: {Reason}")]
        public static partial void Waiting(ILogger logger, int count, string topic, string reason);

        [LoggerMessage(3132, LogLevel.Error, "{Count} handled messages of topic {Topic} could not be acknowledged and are delivered again: {Reason}")]
        public static partial void GivenUp(ILogger logger, int count, string topic, string reason);
    }
}
