namespace Tandem.Runtime.Resources;

/// <summary>Reads Subscription resources of both versions.</summary>
internal static class SubscriptionReader
{
    public static SubscriptionResource Read(YamlMap document)
    {
        var spec = document.RequireMap("spec");
        var isFirstVersion = document.GetString("apiVersion") is "dapr.io/v1alpha1";
        var rules = new List<RouteRule>();
        string? defaultRoute;
        if (isFirstVersion)
        {
            defaultRoute = spec.RequireString("route");
        }
        else
        {
            var routes = spec.RequireMap("routes");
            defaultRoute = routes.GetString("default");
            foreach (var rule in routes.GetMaps("rules"))
            {
                var match = rule.GetString("match") ?? "";
                if (match.Length > 0 && !Cel.CelExpression.TryParse(match, out _, out var problem))
                {
                    rule.Fault("match", $"is not a valid expression: {problem}");
                }

                rules.Add(new RouteRule(match, rule.RequireString("path")));
            }

            if (rules.Count == 0 && string.IsNullOrEmpty(defaultRoute))
            {
                routes.Fault("default", "is required where there are no rules");
            }
        }

        return new SubscriptionResource
        {
            Id = document.Resource,
            PubSubName = spec.RequireString("pubsubname"),
            Topic = spec.RequireString("topic"),
            Rules = rules,
            DefaultRoute = defaultRoute,
            DeadLetterTopic = spec.GetString("deadLetterTopic") is { Length: > 0 } topic ? topic : null,
            Metadata = spec.GetTexts("metadata"),
            BulkSubscribe = ReadBulk(spec.GetMap("bulkSubscribe")),
            Scopes = document.GetStrings("scopes"),
        };
    }

    private static BulkSubscribeOptions? ReadBulk(YamlMap? bulk)
        => bulk is not null && bulk.GetBool("enabled", false)
            ? new BulkSubscribeOptions(ReadPositive(bulk, "maxMessagesCount", 100), TimeSpan.FromMilliseconds(ReadPositive(bulk, "maxAwaitDurationMs", 1000)))
            : null;

    private static int ReadPositive(YamlMap map, string name, int defaultValue)
    {
        var value = map.GetInt(name, defaultValue);
        if (value > 0)
        {
            return value;
        }

        map.Fault(name, $"must be more than 0, not '{value}'");
        return defaultValue;
    }
}
