using Npgsql;
using Tandem.Components.State;

namespace Tandem.Components.PostgreSql.State;

/// <summary>Saves and deletes, one alone or several at once or not at all.</summary>
internal static class StateTransaction
{
    /// <summary>What depends on a version would find its own first try in its way.</summary>
    public static bool MayRepeat(StateOperation operation) => !IsConditional(operation);

    /// <summary>One operation, in one round trip.</summary>
    public static async ValueTask<StateOutcome> RunOneAsync(NpgsqlConnection connection, (StateLayout Layout, StateOperation Operation) request, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command(request.Layout, request.Operation) } };
        var changed = await batch.ExecuteNonQueryAsync(cancellationToken);
        return changed > 0 || !IsConditional(request.Operation) ? StateOutcome.Done : Refused(request.Operation);
    }

    /// <summary>
    /// Several operations. All go out together; where none has a condition, the server applies them as one transaction without being asked
    /// to. They are sent in the order of their keys, so that two transactions never wait for each other; those of one key keep their order.
    /// </summary>
    public static async ValueTask<StateOutcome> RunAsync(
        NpgsqlConnection connection, (StateLayout Layout, IReadOnlyList<StateOperation> Operations) request, CancellationToken cancellationToken)
    {
        var order = Enumerable.Range(0, request.Operations.Count).OrderBy(index => request.Operations[index].Key, StringComparer.Ordinal).ToList();
        await using var transaction = request.Operations.Any(IsConditional) ? await connection.BeginTransactionAsync(cancellationToken) : null;
        await using var batch = new NpgsqlBatch(connection, transaction);
        order.ForEach(index => batch.BatchCommands.Add(Command(request.Layout, request.Operations[index])));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (transaction is null)
        {
            return StateOutcome.Done;
        }

        var refused = order
            .Where((index, position) => IsConditional(request.Operations[index]) && batch.BatchCommands[position].RecordsAffected == 0)
            .DefaultIfEmpty(-1)
            .Min();
        if (refused >= 0)
        {
            await transaction.RollbackAsync(cancellationToken);
            return Refused(request.Operations[refused]);
        }

        await transaction.CommitAsync(cancellationToken);
        return StateOutcome.Done;
    }

    private static NpgsqlBatchCommand Command(StateLayout layout, StateOperation operation)
    {
        // Whoever called has seen that the ETag can be one of this layout.
        var etag = !string.IsNullOrEmpty(operation.ETag) && layout.TryParseETag(operation.ETag, out var parsed) ? parsed : null;
        switch (operation)
        {
            case StateSet set:
                return layout.Set(set, etag);
            case StateDelete delete:
                var command = new NpgsqlBatchCommand(etag is null ? layout.Delete : layout.DeleteIfMatch) { Parameters = { new NpgsqlParameter<string> { TypedValue = delete.Key } } };
                if (etag is not null)
                {
                    command.Parameters.Add(etag);
                }

                return command;
            default:
                throw new ArgumentException($"'{operation.GetType().Name}' is no operation of a state store.", nameof(operation));
        }
    }

    private static bool IsConditional(StateOperation operation)
        => !string.IsNullOrEmpty(operation.ETag) || operation is StateSet { Concurrency: StateConcurrency.FirstWrite };

    private static StateOutcome Refused(StateOperation operation) => string.IsNullOrEmpty(operation.ETag) ? StateOutcome.ETagRequired : StateOutcome.ETagMismatch;
}
