using Tandem.Components.State;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Json;
using Tandem.Runtime.State;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.State;

/// <summary>Reads the items of state requests.</summary>
internal static class StateItems
{
    private static readonly Dictionary<string, string> None = [];

    public static StateSet ReadSet(Proto.StateItem item, string code) => ReadSet(item, None, code);

    public static StateDelete ReadDelete(Proto.StateItem item) => new(item.Key, ReadETag(item.Etag), ReadConcurrency(item.Options));

    /// <summary>Reads one operation of a transaction.</summary>
    /// <param name="shared">The request's own metadata, which go before those of each operation.</param>
    public static StateOperation ReadOperation(Proto.TransactionalStateOperation operation, IReadOnlyDictionary<string, string> shared)
    {
        var item = operation.Request ?? new Proto.StateItem();
        return operation.OperationType switch
        {
            "upsert" => ReadSet(item, shared, "ERR_STATE_TRANSACTION"),
            "delete" => ReadDelete(item),
            var other => throw StateRequestReader.UnknownOperation(other),
        };
    }

    /// <summary>An empty ETag is none, as in Dapr.</summary>
    public static string? ReadETag(Proto.Etag? etag) => etag is { Value: { Length: > 0 } value } ? value : null;

    /// <summary>Who wins. What consistency asks for is ignored: the stores are strong either way.</summary>
    public static StateConcurrency ReadConcurrency(Proto.StateOptions? options)
        => options?.Concurrency is Proto.StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite ? StateConcurrency.FirstWrite : StateConcurrency.LastWrite;

    private static StateSet ReadSet(Proto.StateItem item, IReadOnlyDictionary<string, string> shared, string code)
    {
        var metadata = Merge(shared, item);
        if (metadata?.GetValueOrDefault("contentType") is "application/json" && !JsonValue.Is(item.Value.Span))
        {
            throw new DaprException(new DaprError(400, "ERR_MALFORMED_REQUEST", $"the value of key '{item.Key}' says that it is application/json, and is no JSON"));
        }

        return new StateSet(item.Key, item.Value.Memory, ReadETag(item.Etag), ReadConcurrency(item.Options), StateTimeToLive.Read(metadata, code)) { Metadata = metadata };
    }

    private static IReadOnlyDictionary<string, string>? Merge(IReadOnlyDictionary<string, string> shared, Proto.StateItem item)
    {
        if (shared.Count == 0)
        {
            return GrpcMetadata.ReadOrNull(item.Metadata);
        }

        var merged = new Dictionary<string, string>(shared, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in item.Metadata)
        {
            merged.TryAdd(name, value);
        }

        return merged;
    }
}
