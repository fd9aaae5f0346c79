using Tandem.Components.Metadata;

namespace Tandem.Runtime.PubSub;

/// <summary>Which topics of a pub/sub component one app may use, from the component's metadata.</summary>
public sealed class TopicScopes
{
    private readonly HashSet<string> _allowed;
    private readonly HashSet<string> _protected;
    private readonly HashSet<string>? _publishing;
    private readonly HashSet<string>? _subscribing;

    /// <summary>Reads <c>allowedTopics</c>, <c>protectedTopics</c>, <c>publishingScopes</c> and <c>subscriptionScopes</c>.</summary>
    public TopicScopes(ComponentMetadata metadata, string appId)
    {
        _allowed = Topics(metadata.GetString("allowedTopics"));
        _protected = Topics(metadata.GetString("protectedTopics"));
        _publishing = ScopeOf(metadata.GetString("publishingScopes"), appId);
        _subscribing = ScopeOf(metadata.GetString("subscriptionScopes"), appId);
    }

    /// <summary>Whether the app may publish to the topic.</summary>
    public bool MayPublish(string topic) => IsAllowed(topic, _publishing);

    /// <summary>Whether the app may subscribe to the topic.</summary>
    public bool MaySubscribe(string topic) => IsAllowed(topic, _subscribing);

    private bool IsAllowed(string topic, HashSet<string>? scope)
    {
        if (_allowed.Count > 0 && !_allowed.Contains(topic))
        {
            return false;
        }

        // An app that the scopes do not name may use every topic that is not protected.
        return scope is null ? !_protected.Contains(topic) : scope.Contains(topic);
    }

    private static HashSet<string>? ScopeOf(string? scopes, string appId)
    {
        foreach (var scope in (scopes ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (scope.Split('=', 2, StringSplitOptions.TrimEntries) is [var app, var topics] && app == appId)
            {
                return Topics(topics);
            }
        }

        return null;
    }

    private static HashSet<string> Topics(string? topics)
        => [.. (topics ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
}
