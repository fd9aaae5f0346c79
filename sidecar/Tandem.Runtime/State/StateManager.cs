using Tandem.Components.State;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.State.Outbox;
using Tandem.Runtime.State.Query;

namespace Tandem.Runtime.State;

/// <summary>The state building block: key prefixes, encryption, outboxes, the stores' outcomes as Dapr's errors, outbound policies.</summary>
public sealed class StateManager
{
    private readonly ComponentTable<Entry> _stores;
    private readonly StateOutboxes _outboxes;
    private readonly string _appId;

    /// <summary>Takes the state stores of a sidecar.</summary>
    public StateManager(SidecarOptions options, ComponentSet components, ResiliencyPolicies policies, StateOutboxes outboxes, SidecarMetrics? metrics = null)
    {
        _appId = options.AppId;
        _outboxes = outboxes;
        _stores = components.TableOf<IStateStore, Entry>((component, _) => new Entry(
            component,
            component.StateStore!,
            component.State!.KeyPrefix,
            new OutboundPolicy(policies, component),
            metrics is null ? null : new StateMeters(metrics.State.For(component.Name))));
    }

    /// <summary>Reads one key; <see langword="null"/> when it is missing.</summary>
    public async ValueTask<StateItem?> GetAsync(string storeName, string key, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        var fullKey = FullKey(storeName, entry, key);
        try
        {
            return await entry.Policy.RunAsync(static (argument, token) => argument.entry.Store.GetAsync(argument.fullKey, token), (entry, fullKey), cancellationToken, entry.Meters?.Get).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw StateErrors.Failed("ERR_STATE_GET", storeName, exception);
        }
    }

    /// <summary>Reads several keys, in their order.</summary>
    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(string storeName, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        var fullKeys = keys.Select(key => FullKey(storeName, entry, key)).ToList();
        if (fullKeys.Count == 0)
        {
            return [];
        }

        try
        {
            return await entry.Policy.RunAsync(static (argument, token) => argument.entry.Store.GetManyAsync(argument.fullKeys, token), (entry, fullKeys), cancellationToken, entry.Meters?.BulkGet).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw StateErrors.Failed("ERR_STATE_BULK_GET", storeName, exception);
        }
    }

    /// <summary>Saves values, each for itself. They are handed to the store together, so that they can share a commit.</summary>
    public async ValueTask SetAsync(string storeName, IReadOnlyList<StateSet> requests, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        var sets = requests.Select(request => request with { Key = FullKey(storeName, entry, request.Key) }).ToList();
        if (sets.Count == 1)
        {
            Check(await ApplyAsync(entry, storeName, sets[0], cancellationToken).ConfigureAwait(false), "ERR_STATE_SAVE", requests[0].Key);
            return;
        }

        var outcomes = await Task.WhenAll(sets.Select(set => ApplyAsync(entry, storeName, set, cancellationToken).AsTask())).ConfigureAwait(false);
        for (var i = 0; i < outcomes.Length; i++)
        {
            Check(outcomes[i], "ERR_STATE_SAVE", requests[i].Key);
        }
    }

    /// <summary>Deletes a key.</summary>
    public async ValueTask DeleteAsync(string storeName, StateDelete request, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        var delete = request with { Key = FullKey(storeName, entry, request.Key) };
        Check(await ApplyAsync(entry, storeName, delete, cancellationToken).ConfigureAwait(false), "ERR_STATE_DELETE", request.Key);
    }

    /// <summary>Deletes keys, each for itself.</summary>
    public async ValueTask DeleteManyAsync(string storeName, IReadOnlyList<StateDelete> requests, CancellationToken cancellationToken)
    {
        const string Code = "ERR_STATE_BULK_DELETE";
        var entry = Find(storeName);
        var deletes = requests.Select(request => request with { Key = FullKey(storeName, entry, request.Key) }).ToList();
        var outcomes = await Task.WhenAll(deletes.Select(delete => ApplyAsync(entry, storeName, delete, cancellationToken, Code).AsTask())).ConfigureAwait(false);
        for (var i = 0; i < outcomes.Length; i++)
        {
            Check(outcomes[i], Code, requests[i].Key);
        }
    }

    /// <summary>Applies all operations or none.</summary>
    /// <param name="traceParent">The trace that events of the store's outbox belong to.</param>
    public async ValueTask ExecuteAsync(string storeName, IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken, string? traceParent = null)
    {
        var entry = Find(storeName);
        if (entry.Store is not ITransactionalStateStore store)
        {
            throw StateErrors.NotTransactional(storeName);
        }

        var complete = operations.Select(operation => operation with { Key = FullKey(storeName, entry, operation.Key) }).ToList();
        if (complete.Count == 0)
        {
            return;
        }

        StateOutcome outcome;
        try
        {
            outcome = entry.Component.State!.Outbox is null
                ? await CommitAsync(entry, store, complete, cancellationToken).ConfigureAwait(false)
                : await _outboxes.Find(storeName).ExecuteAsync(complete, traceParent, (stored, token) => CommitAsync(entry, store, stored, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException && !cancellationToken.IsCancellationRequested)
        {
            throw StateErrors.Failed("ERR_STATE_TRANSACTION", storeName, exception);
        }

        if (outcome is not StateOutcome.Done)
        {
            throw new DaprException(new DaprError(500, "ERR_STATE_TRANSACTION", "possible ETag mismatch: nothing of the transaction was applied"));
        }
    }

    /// <summary>Searches the values of this app. Keys come back as the app knows them.</summary>
    /// <param name="body">The query in JSON.</param>
    public async ValueTask<StateQueryPage> QueryAsync(string storeName, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        if (entry.Component.Instance is not IQueryableStateStore store)
        {
            throw StateErrors.NotQueryable(storeName);
        }

        if (entry.Component.State!.Cipher is not null)
        {
            throw StateErrors.QueryFailed(storeName, "an encrypted store cannot be queried");
        }

        try
        {
            var query = StateQueryReader.Read(body, entry.Prefix);
            var page = await entry.Policy.RunAsync(static (argument, token) => argument.store.QueryAsync(argument.query, token), (store, query), cancellationToken, entry.Meters?.Query).ConfigureAwait(false);
            return page with { Items = [.. page.Items.Select(item => item with { Key = item.Key[entry.Prefix.Length..] })] };
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw StateErrors.QueryFailed(storeName, exception.Message, exception);
        }
    }

    /// <summary>Fails as the API does when there is no such store.</summary>
    public void EnsureExists(string storeName) => Find(storeName);

    private static ValueTask<StateOutcome> CommitAsync(Entry entry, ITransactionalStateStore store, IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
        => entry.Policy.RunAsync(static (argument, token) => argument.store.ExecuteAsync(argument.operations, token), (store, operations), cancellationToken, entry.Meters?.Transaction, IsDone);

    private static async ValueTask<StateOutcome> ApplyAsync(Entry entry, string storeName, StateOperation operation, CancellationToken cancellationToken, string? code = null)
    {
        try
        {
            return await entry.Policy.RunAsync(
                static (argument, token) => argument.operation is StateSet set ? argument.entry.Store.SetAsync(set, token) : argument.entry.Store.DeleteAsync((StateDelete)argument.operation, token),
                (entry, operation),
                cancellationToken,
                operation is StateSet ? entry.Meters?.Set : entry.Meters?.Delete,
                IsDone).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw StateErrors.Failed(code ?? (operation is StateSet ? "ERR_STATE_SAVE" : "ERR_STATE_DELETE"), storeName, exception);
        }
    }

    private static bool IsDone(StateOutcome outcome) => outcome is StateOutcome.Done;

    private static void Check(StateOutcome outcome, string code, string key)
    {
        switch (outcome)
        {
            case StateOutcome.ETagMismatch:
                throw StateErrors.Mismatch(code, key);
            case StateOutcome.ETagInvalid:
                throw StateErrors.InvalidETag(code, key);
            case StateOutcome.ETagRequired:
                throw StateErrors.ETagRequired(code, key);
            default:
                break;
        }
    }

    private Entry Find(string storeName)
    {
        if (_stores.TryGet(storeName, out var entry))
        {
            return entry;
        }

        throw _stores.IsEmpty ? StateErrors.NotConfigured(_appId) : StateErrors.NotFound(storeName, _appId);
    }

    private static string FullKey(string storeName, Entry entry, string key)
    {
        if (key.Length == 0)
        {
            throw StateErrors.NoKey();
        }

        return key.Contains(StateSettings.Separator, StringComparison.Ordinal) ? throw StateErrors.IllegalKey(storeName, key) : entry.Prefix + key;
    }

    private sealed record Entry(LoadedComponent Component, IStateStore Store, string Prefix, OutboundPolicy Policy, StateMeters? Meters);
}
