using Google.Protobuf.WellKnownTypes;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.PubSub.CloudEvents;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Tandem.Sidecar.Grpc.PubSub;

/// <summary>The publishing methods.</summary>
internal static class PublishCalls
{
    private static readonly Empty Done = new();

    public static async Task<Empty> PublishAsync(BuildingBlocks blocks, Proto.PublishEventRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        var headers = http.Request.Headers;
        var outgoing = new OutgoingEvent(
            request.PubsubName,
            request.Topic,
            request.Data.Memory,
            request.DataContentType,
            GrpcMetadata.Read(request.Metadata),
            headers.TraceParent,
            headers.TraceState);
        await blocks.Publisher.PublishAsync(outgoing, cancellationToken).ConfigureAwait(false);
        return Done;
    }

    /// <summary>Publishes several events. Those that failed are in the answer; when all did, the call has failed.</summary>
    public static async Task<Proto.BulkPublishResponse> PublishManyAsync(BuildingBlocks blocks, Proto.BulkPublishRequest request, HttpContext http, CancellationToken cancellationToken)
    {
        var publisher = blocks.Publisher;
        publisher.EnsureAllowed(request.PubsubName, request.Topic);
        var headers = http.Request.Headers;
        var shared = GrpcMetadata.Read(request.Metadata);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var events = new List<OutgoingEvent>(request.Entries.Count);
        foreach (var entry in request.Entries)
        {
            publisher.EnsureEntryId(request.PubsubName, entry.EntryId, ids);
            events.Add(new OutgoingEvent(
                request.PubsubName,
                request.Topic,
                entry.Event.Memory,
                entry.ContentType,
                GrpcMetadata.Merge(shared, entry.Metadata),
                headers.TraceParent,
                headers.TraceState));
        }

        var failed = await publisher.PublishManyAsync(events, cancellationToken).ConfigureAwait(false);
        if (failed.Count > 0 && failed.Count == events.Count)
        {
            throw Publisher.NonePublished(request.PubsubName, request.Topic, failed[0].Problem);
        }

        var response = new Proto.BulkPublishResponse();
        foreach (var (index, problem) in failed)
        {
            response.FailedEntries.Add(new Proto.BulkPublishResponseFailedEntry { EntryId = request.Entries[index].EntryId, Error = problem });
        }

        return response;
    }
}
