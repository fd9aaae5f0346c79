using Dapr.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;

namespace Dapr;

/// <summary>Reads the subscriptions from the metadata of an app's endpoints.</summary>
internal static partial class SubscriptionTable
{
    private const string RawPayload = "rawPayload";
    private const string DefaultSeparator = ",";

    public static List<Subscription> Build(IEnumerable<Endpoint> endpoints, SubscribeOptions? options, ILogger logger)
        => [.. endpoints
            .OfType<RouteEndpoint>()
            .SelectMany(Declarations)
            .GroupBy(static one => (one.Topic.PubsubName, one.Topic.Name))
            .Select(group => Merge([.. group.OrderBy(static one => one.Topic.Priority)], options, logger))
            .OrderBy(static one => one.PubsubName, StringComparer.Ordinal)
            .ThenBy(static one => one.Topic, StringComparer.Ordinal)];

    private static IEnumerable<Declaration> Declarations(RouteEndpoint endpoint)
    {
        var entries = endpoint.Metadata.GetOrderedMetadata<IOriginalTopicMetadata>();
        var bulks = endpoint.Metadata.GetOrderedMetadata<IBulkSubscribeMetadata>();
        foreach (var topic in endpoint.Metadata.GetOrderedMetadata<ITopicMetadata>())
        {
            if (topic.Name is not null)
            {
                var owned = (topic as IOwnedOriginalTopicMetadata)?.OwnedMetadatas ?? [];
                yield return new Declaration(
                    topic,
                    Path(endpoint.RoutePattern),
                    [.. entries.Where(entry => string.IsNullOrEmpty(entry.Id) || owned.Contains(entry.Id))],
                    bulks.FirstOrDefault(bulk => bulk.TopicName == topic.Name));
            }
        }
    }

    private static Subscription Merge(List<Declaration> declarations, SubscribeOptions? options, ILogger logger)
    {
        var first = declarations[0];
        var rules = declarations.Where(static one => !string.IsNullOrEmpty(one.Topic.Match)).DistinctBy(static one => (one.Topic.Match, one.Path)).ToList();
        var defaults = declarations.Where(static one => string.IsNullOrEmpty(one.Topic.Match)).Select(static one => one.Path).Distinct().ToList();
        if (defaults.Count > 1)
        {
            Log.SecondDefault(logger, first.Topic.Name, first.Topic.PubsubName, string.Join(", ", defaults));
        }

        foreach (var tie in rules.GroupBy(static one => one.Topic.Priority).Where(static tie => tie.Count() > 1))
        {
            Log.DuplicatePriority(logger, first.Topic.Name, first.Topic.PubsubName, tie.Key, tie.Count());
        }

        return new Subscription
        {
            PubsubName = first.Topic.PubsubName,
            Topic = first.Topic.Name,
            Route = rules.Count == 0 ? defaults.FirstOrDefault() : null,
            Routes = rules.Count == 0 ? null : new([.. rules.Select(static one => new SubscriptionRule(one.Topic.Match!, one.Path))], defaults.FirstOrDefault()),
            DeadLetterTopic = declarations.Select(static one => (one.Topic as IDeadLetterTopicMetadata)?.DeadLetterTopic).FirstOrDefault(static name => !string.IsNullOrEmpty(name)),
            Metadata = Metadata(declarations, options),
            BulkSubscribe = declarations.Select(static one => one.Bulk).FirstOrDefault(static bulk => bulk is not null) is { } bulk
                ? new(true, bulk.MaxMessagesCount, bulk.MaxAwaitDurationMs)
                : null,
        };
    }

    private static Dictionary<string, string>? Metadata(List<Declaration> declarations, SubscribeOptions? options)
    {
        var separator = declarations.Select(static one => (one.Topic as IOwnedOriginalTopicMetadata)?.MetadataSeparator).FirstOrDefault(static text => !string.IsNullOrEmpty(text)) ?? DefaultSeparator;
        var metadata = declarations
            .SelectMany(static one => one.Entries)
            .GroupBy(static entry => entry.Name, static entry => entry.Value, StringComparer.Ordinal)
            .ToDictionary(static entry => entry.Key, entry => string.Join(separator, entry.Distinct()), StringComparer.Ordinal);
        if (options?.EnableRawPayload == true || declarations.Any(static one => (one.Topic as IRawTopicMetadata)?.EnableRawPayload == true))
        {
            metadata[RawPayload] = "true";
        }

        return metadata.Count == 0 ? null : metadata;
    }

    // The sidecar calls one address: a route with a parameter has none.
    private static string Path(RoutePattern pattern)
    {
        if (pattern.Parameters.Count > 0)
        {
            throw new InvalidOperationException($"The route '{pattern.RawText}' takes a topic, so it cannot have parameters.");
        }

        return "/" + string.Join('/', pattern.PathSegments.Select(static segment => string.Concat(segment.Parts.OfType<RoutePatternLiteralPart>().Select(static part => part.Content))));
    }

    private sealed record Declaration(ITopicMetadata Topic, string Path, IReadOnlyList<IOriginalTopicMetadata> Entries, IBulkSubscribeMetadata? Bulk);

    private static partial class Log
    {
        [LoggerMessage(5101, LogLevel.Error, "Topic {Topic} of {PubsubName} has several default routes ({Routes}): the first is used")]
        public static partial void SecondDefault(ILogger logger, string topic, string pubsubName, string routes);

        [LoggerMessage(5102, LogLevel.Error, "Topic {Topic} of {PubsubName} has {Count} rules of priority {Priority}: their order is undefined")]
        public static partial void DuplicatePriority(ILogger logger, string topic, string pubsubName, int priority, int count);
    }
}
