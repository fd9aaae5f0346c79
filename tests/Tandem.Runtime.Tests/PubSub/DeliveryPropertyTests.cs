using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.Metadata;
using Tandem.Components.PubSub;
using Tandem.Components.Sqlite.Database;
using Tandem.Components.Sqlite.PubSub;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.PubSub.Delivery;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tests.Actors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.PubSub;

/// <summary>
/// Deliveries through <c>pubsub.sqlite</c> by processes that come, end well, and die: every message is delivered, in the order of its key, and
/// the dead-letter topic holds exactly what failed.
/// </summary>
public sealed class DeliveryPropertyTests : IDisposable
{
    private const int Messages = 300;
    private const int Keys = 8;
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<int, Fate> _fates = new();
    private readonly Dictionary<string, List<int>> _firstDeliveries = [];
    private readonly HashSet<int> _delivered = [];
    private readonly HashSet<int> _dead = [];
    private readonly TaskCompletionSource _deadReleased = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private enum Fate
    {
        Good,
        GoodAtTheThirdAttempt,
        Dropped,
        Bad,
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Deliver_ProcessesComeAndDie_LosesNothingAndKeepsTheOrderOfKeys() => Seeded.RunAsync(async random =>
    {
        var publisher = await StartAsync(TimeProvider.System);
        await using var deadLetters = await publisher.SubscribeAsync(new SubscribeRequest("dead", "test", NoMetadata), CollectDeadAsync, default);
        var all = new List<SqlitePubSub> { publisher };
        var living = new List<Consumer>();
        var numberOfKey = new int[Keys];
        var expected = new Dictionary<string, List<int>>();

        living.Add(await ConsumeAsync(all));
        for (var id = 0; id < Messages; id++)
        {
            _fates[id] = random.Next(12) switch { 0 => Fate.Bad, 1 => Fate.Dropped, 2 or 3 => Fate.GoodAtTheThirdAttempt, _ => Fate.Good };
            var key = random.Next(Keys + 2) is var number && number < Keys ? $"key{number}" : null;
            if (key is not null)
            {
                (expected.TryGetValue(key, out var ofKey) ? ofKey : expected[key] = []).Add(id);
            }

            await publisher.PublishAsync(Request(id, key), default);
            switch (random.Next(30))
            {
                case 0 when living.Count < 3:
                    living.Add(await ConsumeAsync(all));
                    break;
                case 1 when living.Count > 0:
                    living[^1].Die();
                    living.RemoveAt(living.Count - 1);
                    break;
                case 2 when living.Count > 0:
                    await living[0].Subscription.DisposeAsync();
                    living.RemoveAt(0);
                    break;
                default:
                    break;
            }
        }

        // Somebody is left in the end.
        living.Add(await ConsumeAsync(all));
        var failed = _fates.Where(static pair => pair.Value is Fate.Bad or Fate.Dropped).Select(static pair => pair.Key).ToHashSet();
        await Task.Run(async () =>
        {
            while (!IsComplete(failed))
            {
                await Task.Delay(5);
            }
        }).WithinAsync();

        Assert.Equal(failed.Order(), _dead.Order());
        foreach (var (key, ids) in expected)
        {
            Assert.Equal(ids, _firstDeliveries[key]);
        }

        _deadReleased.SetResult();
        foreach (var pubSub in all)
        {
            await pubSub.DisposeAsync();
        }
    });

    private bool IsComplete(HashSet<int> failed)
    {
        lock (_delivered)
        {
            return _delivered.Count == Messages && _dead.Count >= failed.Count;
        }
    }

    private static PublishRequest Request(int id, string? key) => new(
        "orders",
        Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","type":"{{key ?? "none"}}"}"""),
        "application/cloudevents+json",
        key is null ? NoMetadata : new Dictionary<string, string> { ["partitionKey"] = key });

    private ValueTask<MessageDisposition> CollectDeadAsync(Message message, CancellationToken cancellationToken)
    {
        lock (_delivered)
        {
            _dead.Add(IdOf(message.Data));
        }

        return ValueTask.FromResult(MessageDisposition.Done);
    }

    private static int IdOf(ReadOnlyMemory<byte> cloudEvent)
    {
        using var document = JsonDocument.Parse(cloudEvent);
        return int.Parse(document.RootElement.GetProperty("id").GetString()!, CultureInfo.InvariantCulture);
    }

    private async Task<SqlitePubSub> StartAsync(TimeProvider time)
    {
        var context = new ComponentContext
        {
            Name = "bus",
            Type = "pubsub.sqlite",
            AppId = "app",
            DataDirectory = _folder.Path,
            TimeProvider = time,
            LoggerFactory = NullLoggerFactory.Instance,
            Metadata = new ComponentMetadata(new Dictionary<string, string>
            {
                ["connectionString"] = "bus.db",
                ["retryInterval"] = "5ms",
                ["pollInterval"] = "5ms",
                ["leaseDuration"] = "400ms",
                ["initialOffset"] = "oldest",
                ["concurrency"] = "8",
            }),
        };
        var options = SqlitePubSubOptions.Parse(context);
        var pubSub = new SqlitePubSub(options, time, NullLogger<SqlitePubSub>.Instance);
        await pubSub.InitializeAsync(SqliteDatabase.OpenApart(options.Database), default);
        return pubSub;
    }

    private async Task<Consumer> ConsumeAsync(List<SqlitePubSub> all)
    {
        var time = new MortalTimeProvider();
        var pubSub = await StartAsync(time);
        all.Add(pubSub);
        var subscription = new Subscription(new SubscriptionResource
        {
            Id = new ResourceId("test.yaml", 1, "Subscription", "test"),
            PubSubName = "bus",
            Topic = "orders",
            DefaultRoute = "/orders",
            DeadLetterTopic = "dead",
        });
        var policy = new TargetPolicy(null, new RetrySettings(false, TimeSpan.FromMilliseconds(1), default, default, 1, 0, 2, null, null), null, TimeProvider.System);
        var delivery = new EventDelivery(subscription, pubSub, new FakeApp(), new Sender(this, time), policy, TimeProvider.System, NullLogger.Instance);
        return new Consumer(time, await pubSub.SubscribeAsync(new SubscribeRequest("orders", "app", NoMetadata), delivery.HandleAsync, default));
    }

    /// <summary>The app: takes what is good, at once or at the third attempt, and notes what comes for the first time.</summary>
    private DeliveryResult Take(DeliveredEvent cloudEvent, ConcurrentDictionary<int, int> attempts)
    {
        using var document = JsonDocument.Parse(cloudEvent.Body);
        var id = IdOf(cloudEvent.Body);
        var key = document.RootElement.GetProperty("type").GetString()!;
        lock (_delivered)
        {
            if (_delivered.Add(id))
            {
                (_firstDeliveries.TryGetValue(key, out var ofKey) ? ofKey : _firstDeliveries[key] = []).Add(id);
            }
        }

        return _fates[id] switch
        {
            Fate.Good => DeliveryResult.Success,
            Fate.Dropped => new DeliveryResult(DeliveryStatus.Drop, 200, "dropped"),
            Fate.GoodAtTheThirdAttempt when attempts.AddOrUpdate(id, 1, static (_, before) => before + 1) % 3 == 0 => DeliveryResult.Success,
            _ => new DeliveryResult(DeliveryStatus.Retry, 500, "the app answered 500"),
        };
    }

    private sealed record Consumer(MortalTimeProvider Time, IAsyncDisposable Subscription)
    {
        /// <summary>From now on it renews nothing, saves nothing and answers nothing, as after kill -9.</summary>
        public void Die() => Time.Die();
    }

    private sealed class Sender(DeliveryPropertyTests test, MortalTimeProvider time) : IEventSender
    {
        private readonly ConcurrentDictionary<int, int> _attempts = new();

        public async ValueTask<DeliveryResult> SendAsync(DeliveredEvent cloudEvent, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (time.IsDead)
            {
                await test._deadReleased.Task;
                throw new OperationCanceledException("the process is dead");
            }

            return test.Take(cloudEvent, _attempts);
        }
    }

    /// <summary>The system's clock until death: then it stands still, and no timer fires.</summary>
    private sealed class MortalTimeProvider : TimeProvider
    {
        private DateTimeOffset? _death;

        public bool IsDead => _death is not null;

        public void Die() => _death = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _death ?? DateTimeOffset.UtcNow;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => base.CreateTimer(
                _ =>
                {
                    if (!IsDead)
                    {
                        callback(state);
                    }
                },
                null,
                dueTime,
                period);
    }
}
