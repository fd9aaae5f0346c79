using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tandem.Components.Redis.Client;
using Tandem.Components.State;

namespace Tandem.Components.Redis.State;

/// <summary><c>state.redis</c>: a hash for each key, as Dapr lays it out.</summary>
internal sealed class RedisStateStore(RedisStateOptions options, RedisClient client)
    : ITransactionalStateStore, IKeyListingStateStore, IPrefixDeletingStateStore, IExpiringStateStore, IInitializable, IAsyncDisposable
{
    private const int Page = 256;

    /// <inheritdoc/>
    public ValueTask InitializeAsync(CancellationToken cancellationToken) => client.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            return ReadItem(key, await client.ExecuteAsync(new GetState(key), cancellationToken));
        }
        catch (RedisException exception) when (exception.Is("WRONGTYPE"))
        {
            // A plain value that somebody else put there: readable, but it has no version.
            var value = await client.ExecuteAsync(new TextCommand("GET", key), cancellationToken);
            return value.IsNil ? null : new StateItem(key, value.Bytes, ETag: null);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
        // All go out together; the server answers them in one go.
        => await Task.WhenAll(keys.Select(key => GetAsync(key, cancellationToken).AsTask()));

    /// <inheritdoc/>
    public ValueTask<StateOutcome> SetAsync(StateSet request, CancellationToken cancellationToken) => ApplyAsync(request, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StateOutcome> DeleteAsync(StateDelete request, CancellationToken cancellationToken) => ApplyAsync(request, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>As in Dapr: no other command comes between, but what did not fit does not take back what did.</remarks>
    public async ValueTask<StateOutcome> ExecuteAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        if (operations.Count == 0)
        {
            return StateOutcome.Done;
        }

        if (operations.Any(IsETagInvalid))
        {
            return StateOutcome.ETagInvalid;
        }

        var failed = (await client.RunAsync(new ApplyMany(operations, options.TimeToLive), cancellationToken)).Integer;
        return failed == 0 ? StateOutcome.Done : Refused(operations[(int)failed - 1]);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var keys = await client.FindKeysAsync(PatternOf(prefix), "hash", cancellationToken);
        foreach (var some in keys.Chunk(Page))
        {
            foreach (var item in await GetManyAsync(some, cancellationToken))
            {
                if (item is not null)
                {
                    yield return item;
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<long> DeleteWithPrefixAsync(string prefix, CancellationToken cancellationToken)
        => (await client.RunAsync(new DeleteMatching(PatternOf(prefix)), cancellationToken)).Integer;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => client.DisposeAsync();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<StateOutcome> ApplyAsync(StateOperation operation, CancellationToken cancellationToken)
    {
        if (IsETagInvalid(operation))
        {
            return StateOutcome.ETagInvalid;
        }

        var failed = await client.RunAsync(new ApplyOne(operation, options.TimeToLive), cancellationToken);
        return failed.Integer == 0 ? StateOutcome.Done : Refused(operation);
    }

    /// <summary>Versions are numbers. A delete takes any text, as it does nothing where the key is gone.</summary>
    private static bool IsETagInvalid(StateOperation operation)
        => operation is StateSet && !string.IsNullOrEmpty(operation.ETag) && !long.TryParse(operation.ETag, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static StateOutcome Refused(StateOperation operation)
        => string.IsNullOrEmpty(operation.ETag) ? StateOutcome.ETagRequired : StateOutcome.ETagMismatch;

    private static StateItem? ReadItem(string key, RedisReply reply)
    {
        var items = reply.Items;
        return items[0].IsNil && items[1].IsNil ? null : new StateItem(key, items[0].Bytes, items[1].IsNil ? null : items[1].Text);
    }

    /// <summary>A pattern for keys that begin so; what means something in a pattern is escaped.</summary>
    private static string PatternOf(string prefix)
    {
        var pattern = new StringBuilder(prefix.Length + 8);
        foreach (var character in prefix)
        {
            if (character is '*' or '?' or '[' or ']' or '^' or '-' or '\\')
            {
                pattern.Append('\\');
            }

            pattern.Append(character);
        }

        return pattern.Append('*').ToString();
    }
}
