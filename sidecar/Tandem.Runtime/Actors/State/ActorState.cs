using Tandem.Components.State;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Actors.State;

/// <summary>The state of actors in the actor state store, each key under <c>APPID||TYPE||ID||KEY</c> as daprd writes it.</summary>
internal sealed class ActorState(string appId, ActorStateStore store)
{
    private readonly ITransactionalStateStore _store = store.Transactions
        ?? throw new DaprException(ActorErrors.StateSave($"the state store '{store.Name}' has no transactions, which actors need"));

    public async ValueTask<StateItem?> GetAsync(string actorType, string actorId, string key, CancellationToken cancellationToken)
    {
        try
        {
            return await _store.GetAsync(KeyOf(actorType, actorId, key), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new DaprException(ActorErrors.StateGet(exception.Message), exception);
        }
    }

    public async ValueTask SaveAsync(string actorType, string actorId, IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
        {
            return;
        }

        var complete = new StateOperation[operations.Count];
        for (var i = 0; i < complete.Length; i++)
        {
            complete[i] = operations[i] with { Key = KeyOf(actorType, actorId, operations[i].Key) };
        }

        StateOutcome outcome;
        try
        {
            outcome = await _store.ExecuteAsync(complete, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new DaprException(ActorErrors.StateSave(exception.Message), exception);
        }

        if (outcome != StateOutcome.Done)
        {
            throw new DaprException(ActorErrors.StateSave(
                outcome == StateOutcome.ETagMismatch ? "possible etag mismatch: another value was saved meanwhile" : "an etag is invalid"));
        }
    }

    private string KeyOf(string actorType, string actorId, string key) => $"{appId}||{actorType}||{actorId}||{key}";
}
