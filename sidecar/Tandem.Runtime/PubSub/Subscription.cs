using System.Text.Json;
using Tandem.Runtime.Cel;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.PubSub;

/// <summary>A subscription with its routing rules parsed.</summary>
public sealed class Subscription
{
    private readonly List<(CelExpression? Match, string Path)> _rules = [];
    private readonly string? _routeless;

    /// <summary>Takes a declarative or programmatic subscription.</summary>
    /// <param name="resource">What was asked for.</param>
    /// <param name="needsRoute">Whether events of a subscription without any route have no way to the app, as over HTTP.</param>
    /// <exception cref="FormatException">A rule is no valid expression.</exception>
    public Subscription(SubscriptionResource resource, bool needsRoute = true)
    {
        Resource = resource;
        _routeless = needsRoute || resource.Rules.Count > 0 ? null : "";
        IsRaw = Publisher.IsRaw(resource.Metadata);
        foreach (var rule in resource.Rules)
        {
            _rules.Add((rule.Match.Length == 0 ? null : CelExpression.Parse(rule.Match), rule.Path));
        }
    }

    /// <summary>What was asked for.</summary>
    public SubscriptionResource Resource { get; }

    /// <summary>The pub/sub component.</summary>
    public string PubSubName => Resource.PubSubName;

    /// <summary>Whether messages are raw payloads that get an envelope on their way to the app.</summary>
    public bool IsRaw { get; }

    /// <summary>The path for an event: the first rule that matches, else the default; <see langword="null"/> for neither.</summary>
    public string? FindRoute(JsonElement cloudEvent)
    {
        if (_rules.Count > 0)
        {
            var variables = new Dictionary<string, object?>(StringComparer.Ordinal) { ["event"] = cloudEvent };
            foreach (var (match, path) in _rules)
            {
                if (match is null || match.IsTrue(variables, out _))
                {
                    return path;
                }
            }
        }

        return string.IsNullOrEmpty(Resource.DefaultRoute) ? _routeless : Resource.DefaultRoute;
    }

    /// <summary>Two subscriptions with the same key ask for the same.</summary>
    public string Key => KeyOf(Resource);

    internal static string KeyOf(SubscriptionResource resource) => string.Join('\n', [
        resource.PubSubName,
        resource.Topic,
        resource.DefaultRoute ?? "",
        resource.DeadLetterTopic ?? "",
        resource.BulkSubscribe?.ToString() ?? "",
        .. resource.Rules.Select(static rule => rule.ToString()),
        .. resource.Metadata.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => pair.ToString()),
    ]);
}
