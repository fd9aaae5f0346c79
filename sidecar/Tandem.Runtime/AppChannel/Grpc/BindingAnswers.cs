using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Tandem.Components.State;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.State;

namespace Tandem.Runtime.AppChannel.Grpc;

/// <summary>What an app that speaks gRPC answers to a binding's event.</summary>
internal static class BindingAnswers
{
    /// <summary>What the app wants done; <see langword="null"/> for nothing.</summary>
    public static BindingWishes? Read(BindingEventResponse response)
        => response is { States.Count: 0, To.Count: 0 } ? null
            : new BindingWishes(
                response.StoreName,
                [.. response.States.Select(static item => Read(item))],
                [.. response.To],
                response.Data.Memory,
                response.Concurrency is BindingEventResponse.Types.BindingEventConcurrency.Parallel);

    private static StateSet Read(Dapr.Client.Autogen.Grpc.v1.StateItem item)
    {
        var metadata = item.Metadata.Count == 0 ? null : new Dictionary<string, string>(item.Metadata, StringComparer.OrdinalIgnoreCase);
        return new StateSet(
            item.Key,
            item.Value.Memory,
            item.Etag is { Value: { Length: > 0 } etag } ? etag : null,
            item.Options?.Concurrency is StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite ? StateConcurrency.FirstWrite : StateConcurrency.LastWrite,
            StateTimeToLive.Read(metadata, "ERR_STATE_SAVE"))
        {
            Metadata = metadata,
        };
    }
}
