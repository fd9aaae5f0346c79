using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Components.Metadata;
using Tandem.Components.PubSub;
using Tandem.Components.Sqlite.Database;

namespace Tandem.Components.Sqlite.PubSub;

/// <summary>
/// <c>pubsub.sqlite</c>: a durable log for each topic in one file. A publish returns when it is on disk; each consumer group has its own
/// place in the log, and its members, in this and other processes, share the messages.
/// </summary>
internal sealed class SqlitePubSub(SqlitePubSubOptions options, TimeProvider timeProvider, ILogger<SqlitePubSub> logger)
    : IPubSub, IBulkPublisher, IInitializable, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, long> _topics = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Topic, string Group), (ConsumerGroup Group, int Members)> _groups = [];
    private readonly SemaphoreSlim _groupsGate = new(1, 1);
    private readonly CancellationTokenSource _closing = new();
    private readonly string _owner = OwnerId.Create();
    private SqliteDatabase? _database;
    private TopicSignals _signals = new();
    private ForeignChanges? _foreignChanges;
    private IAsyncDisposable? _cleanup;

    private SqliteDatabase Database => _database ?? throw new InvalidOperationException("The pub/sub component is not initialised.");

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => InitializeAsync(SqliteDatabase.Acquire(options.Database), cancellationToken);

    /// <summary>Uses a database that the caller opened and the component closes.</summary>
    public async ValueTask InitializeAsync(SqliteDatabase database, CancellationToken cancellationToken)
    {
        _database = database;
        _signals = database.Share(static _ => new TopicSignals());
        await database.WriteAsync(static (connection, _) => PubSubSchema.Migrate(connection), 0, cancellationToken);
        _foreignChanges = options.Database.InMemory ? null : new ForeignChanges(options, timeProvider, WakeGroupsAsync, logger);
        _cleanup = new RetentionCleaner(database, options, timeProvider, logger).Start();
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var message = NewMessage.From(request, timeProvider.GetUtcNow());
        if (!_topics.TryGetValue(request.Topic, out var topicId))
        {
            topicId = await EnsureTopicAsync(request.Topic, cancellationToken);
        }

        await Database.WriteAsync(
            static (connection, publish) => MessageLog.Append(connection, publish.topicId, publish.message), (topicId, message), cancellationToken);
        _signals.Published(topicId);
    }

    /// <inheritdoc/>
    public async ValueTask PublishManyAsync(IReadOnlyList<PublishRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        var topicId = await EnsureTopicAsync(requests[0].Topic, cancellationToken);
        await Database.WriteAsync(
            static (connection, publish) =>
            {
                foreach (var message in publish.messages)
                {
                    MessageLog.Append(connection, publish.topicId, message);
                }
            },
            (topicId, messages: requests.Select(request => NewMessage.From(request, now)).ToList()),
            cancellationToken);
        _signals.Published(topicId);
    }

    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken)
    {
        var metadata = new ComponentMetadata(request.Metadata);
        var concurrency = SqlitePubSubOptions.ParseConcurrency(metadata, options.Concurrency);
        var initialOffset = InitialOffset.Parse(metadata, options.InitialOffset);
        var topicId = await EnsureTopicAsync(request.Topic, cancellationToken);
        var key = (request.Topic, request.ConsumerGroup);

        await _groupsGate.WaitAsync(cancellationToken);
        try
        {
            ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
            if (!_groups.TryGetValue(key, out var entry))
            {
                entry = (await StartGroupAsync(request, topicId, initialOffset, cancellationToken), 0);
                _signals.Add(topicId, entry.Group.Wake);
            }

            _groups[key] = (entry.Group, entry.Members + 1);
            var member = new GroupMember(entry.Group, handler, concurrency, _closing.Token);
            entry.Group.AddConcurrency(concurrency);
            return new Subscription(this, key, topicId, entry.Group, member);
        }
        finally
        {
            _groupsGate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _groupsGate.WaitAsync();
        try
        {
            // The runtime disposes subscriptions first; a group that still runs here stops without its members.
            foreach (var (group, _) in _groups.Values)
            {
                await group.DisposeAsync();
            }

            _groups.Clear();
        }
        finally
        {
            _groupsGate.Release();
        }

        await (_foreignChanges?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_cleanup?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
        _closing.Dispose();
    }

    private async ValueTask<long> EnsureTopicAsync(string topic, CancellationToken cancellationToken)
    {
        if (_topics.TryGetValue(topic, out var known))
        {
            return known;
        }

        // Topics are never deleted, so a number once learnt stays right.
        return _topics[topic] = await Database.WriteAsync(MessageLog.EnsureTopic, topic, cancellationToken);
    }

    private async Task<ConsumerGroup> StartGroupAsync(
        SubscribeRequest request, long topicId, InitialOffset initialOffset, CancellationToken cancellationToken)
    {
        var groupId = await Database.WriteAsync(
            static (connection, group) => ConsumerGroupStore.Ensure(connection, group.topicId, group.ConsumerGroup, group.initialOffset, group.Now),
            (topicId, request.ConsumerGroup, initialOffset, Now: timeProvider.GetUtcNow()),
            cancellationToken);
        return await ConsumerGroup.StartAsync(
            new GroupSettings(Database, options, request.Topic, topicId, request.ConsumerGroup, groupId, _owner, timeProvider, logger),
            cancellationToken);
    }

    private async Task WakeGroupsAsync(CancellationToken cancellationToken)
    {
        await _groupsGate.WaitAsync(cancellationToken);
        try
        {
            foreach (var (group, _) in _groups.Values)
            {
                group.WakeForForeignChange();
            }
        }
        finally
        {
            _groupsGate.Release();
        }
    }

    private async Task LeaveAsync((string Topic, string Group) key, long topicId, ConsumerGroup group, GroupMember member)
    {
        group.AddConcurrency(-member.Concurrency);
        await member.DisposeAsync();
        await _groupsGate.WaitAsync();
        try
        {
            if (!_groups.TryGetValue(key, out var entry) || entry.Group != group)
            {
                return;
            }

            if (entry.Members > 1)
            {
                _groups[key] = (group, entry.Members - 1);
                return;
            }

            _groups.Remove(key);
            _signals.Remove(topicId, group.Wake);
            await group.DisposeAsync();
        }
        finally
        {
            _groupsGate.Release();
        }
    }

    private sealed class Subscription(
        SqlitePubSub owner, (string Topic, string Group) key, long topicId, ConsumerGroup group, GroupMember member) : IAsyncDisposable
    {
        private int _disposed;

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                await owner.LeaveAsync(key, topicId, group, member);
            }
        }
    }
}
