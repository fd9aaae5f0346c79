using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.InMemory;
using Tandem.Components.Metadata;
using Tandem.Components.State;

namespace Tandem.Runtime.Tests.Actors;

/// <summary>A state store in memory that can be told to fail, and that survives the runtime which uses it.</summary>
internal sealed class FakeStore : ITransactionalStateStore, IKeyListingStateStore
{
    private readonly ITransactionalStateStore _inner;

    public FakeStore(TimeProvider timeProvider)
    {
        var catalog = new ComponentCatalog();
        InMemoryComponents.AddTo(catalog);
        _inner = (ITransactionalStateStore)catalog.StateStores.Create(new ComponentContext
        {
            Name = "store",
            Type = "state.in-memory",
            AppId = "app",
            TimeProvider = timeProvider,
            LoggerFactory = NullLoggerFactory.Instance,
            Metadata = new ComponentMetadata(new Dictionary<string, string>()),
        });
    }

    /// <summary>Each is thrown once, by the next write or read of the list.</summary>
    public ConcurrentQueue<Exception> WriteFaults { get; } = new();

    public ConcurrentQueue<Exception> ListFaults { get; } = new();

    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken) => _inner.GetAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        => _inner.GetManyAsync(keys, cancellationToken);

    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken)
        => WriteFaults.TryDequeue(out var fault) ? throw fault : _inner.SetAsync(request, cancellationToken);

    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken)
        => WriteFaults.TryDequeue(out var fault) ? throw fault : _inner.DeleteAsync(request, cancellationToken);

    public ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        => WriteFaults.TryDequeue(out var fault) ? throw fault : _inner.ExecuteAsync(operations, cancellationToken);

    public IAsyncEnumerable<StateItem> ListAsync(string prefix, CancellationToken cancellationToken)
        => ListFaults.TryDequeue(out var fault) ? throw fault : ((IKeyListingStateStore)_inner).ListAsync(prefix, cancellationToken);

    public async Task<int> CountAsync(string prefix)
    {
        var count = 0;
        await foreach (var _ in ListAsync(prefix, CancellationToken.None))
        {
            count++;
        }

        return count;
    }
}

/// <summary>A store without a list of keys.</summary>
internal sealed class UnlistedStore(FakeStore inner) : ITransactionalStateStore
{
    public ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

    public ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        => inner.GetManyAsync(keys, cancellationToken);

    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken) => inner.SetAsync(request, cancellationToken);

    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => inner.DeleteAsync(request, cancellationToken);

    public ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        => inner.ExecuteAsync(operations, cancellationToken);
}
