using Tandem.Components.Metadata;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Resiliency;

/// <summary>What a target is.</summary>
public enum TargetKind
{
    /// <summary>An app that is invoked.</summary>
    App,

    /// <summary>An actor type.</summary>
    Actor,

    /// <summary>What a component delivers to the app.</summary>
    ComponentInbound,

    /// <summary>What is asked of a component.</summary>
    ComponentOutbound,
}

/// <summary>Finds the policies of a target; where several resources name the same, the last one wins.</summary>
public sealed class ResiliencyPolicies(IReadOnlyList<ResiliencyResource> resources, TimeProvider timeProvider, ResiliencyMetrics? metrics = null)
{
    /// <summary>The policies of a target, <see langword="null"/> when none apply. A circuit breaker lives as long as the result: keep it.</summary>
    /// <param name="componentType">A component's type, for the metrics' name of the target.</param>
    public TargetPolicy? Find(TargetKind kind, string name, string? componentType = null)
    {
        PolicyNames? names = null;
        ResiliencyResource? owner = null;
        foreach (var resource in resources)
        {
            if (TargetsOf(resource, kind).TryGetValue(name, out var found))
            {
                names = found;
                owner = resource;
            }
        }

        var timeout = FindTimeout(names?.Timeout, owner) ?? DefaultTimeout(kind);
        var retry = Named(names?.Retry, owner?.Retries) ?? Default(kind, "RetryPolicy", static resource => resource.Retries);
        var breaker = Named(names?.CircuitBreaker, owner?.CircuitBreakers) ?? Default(kind, "CircuitBreakerPolicy", static resource => resource.CircuitBreakers);
        if (timeout is null && retry is null && breaker is null)
        {
            return null;
        }

        // Where the target is not named, a default applies, and there is a resource that has it.
        var meters = metrics?.For((owner ?? resources[0]).Id.Name, kind is TargetKind.ComponentInbound ? "inbound" : "outbound", $"{WordFor(kind, componentType)}_{name}");
        return new TargetPolicy(timeout, retry, breaker, timeProvider, meters);
    }

    private static string WordFor(TargetKind kind, string? componentType) => kind switch
    {
        TargetKind.App => "app",
        TargetKind.Actor => "actor",
        _ => componentType?.Split('.')[0] switch
        {
            "state" => "statestore",
            "secretstores" => "secretstore",
            "bindings" => "binding",
            null => "component",
            var category => category,
        },
    };

    private TimeSpan? DefaultTimeout(TargetKind kind)
    {
        foreach (var name in DefaultNames(kind, "TimeoutPolicy"))
        {
            foreach (var resource in resources)
            {
                if (resource.Timeouts.TryGetValue(name, out var timeout))
                {
                    return timeout;
                }
            }
        }

        return null;
    }

    private T? Default<T>(TargetKind kind, string suffix, Func<ResiliencyResource, IReadOnlyDictionary<string, T>> policies)
        where T : class
    {
        foreach (var name in DefaultNames(kind, suffix))
        {
            foreach (var resource in resources)
            {
                if (policies(resource).TryGetValue(name, out var policy))
                {
                    return policy;
                }
            }
        }

        return null;
    }

    private static TimeSpan? FindTimeout(string? name, ResiliencyResource? owner)
    {
        if (string.IsNullOrEmpty(name))
        {
            return null;
        }

        return owner!.Timeouts.TryGetValue(name, out var timeout) || GoDuration.TryParse(name, out timeout) ? timeout : null;
    }

    private static T? Named<T>(string? name, IReadOnlyDictionary<string, T>? policies)
        where T : class => !string.IsNullOrEmpty(name) && policies is not null && policies.TryGetValue(name, out var policy) ? policy : null;

    /// <summary>Policies of these names apply to every target that names none of its own, the most specific first.</summary>
    private static string[] DefaultNames(TargetKind kind, string suffix) => kind switch
    {
        TargetKind.App => [$"DefaultApp{suffix}", $"Default{suffix}"],
        TargetKind.Actor => [$"DefaultActor{suffix}", $"Default{suffix}"],
        TargetKind.ComponentInbound => [$"DefaultComponentInbound{suffix}", $"DefaultComponent{suffix}", $"Default{suffix}"],
        _ => [$"DefaultComponentOutbound{suffix}", $"DefaultComponent{suffix}", $"Default{suffix}"],
    };

    private static IReadOnlyDictionary<string, PolicyNames> TargetsOf(ResiliencyResource resource, TargetKind kind) => kind switch
    {
        TargetKind.App => resource.Apps,
        TargetKind.Actor => resource.Actors,
        TargetKind.ComponentInbound => resource.Inbound,
        _ => resource.Outbound,
    };
}
