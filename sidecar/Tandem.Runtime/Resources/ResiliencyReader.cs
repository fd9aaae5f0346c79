using System.Globalization;
using Tandem.Components.Metadata;
using Tandem.Runtime.Cel;

namespace Tandem.Runtime.Resources;

/// <summary>Reads Resiliency resources, and checks that every policy a target names is there.</summary>
internal static class ResiliencyReader
{
    private static readonly CelExpression DefaultTrip = CelExpression.Parse("consecutiveFailures > 5");

    public static ResiliencyResource Read(YamlMap document)
    {
        var spec = document.RequireMap("spec");
        var policies = spec.GetMap("policies");
        var targets = spec.GetMap("targets");
        var components = targets?.GetMap("components");
        var resource = new ResiliencyResource
        {
            Id = document.Resource,
            Timeouts = ReadTimeouts(policies?.GetMap("timeouts")),
            Retries = ReadNamed(policies?.GetMap("retries"), ReadRetry),
            CircuitBreakers = ReadNamed(policies?.GetMap("circuitBreakers"), ReadCircuitBreaker),
            Apps = ReadNamed(targets?.GetMap("apps"), ReadNames),
            Actors = ReadNamed(targets?.GetMap("actors"), ReadNames),
            Inbound = ReadDirection(components, "inbound"),
            Outbound = ReadDirection(components, "outbound"),
            Scopes = document.GetStrings("scopes"),
        };
        Check(targets?.GetMap("apps"), resource.Apps, resource);
        Check(targets?.GetMap("actors"), resource.Actors, resource);
        Check(components, resource.Inbound, resource);
        Check(components, resource.Outbound, resource);
        return resource;
    }

    private static Dictionary<string, TimeSpan> ReadTimeouts(YamlMap? map)
    {
        var timeouts = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (var name in map?.Names ?? [])
        {
            if (map!.GetDuration(name) is { } duration)
            {
                timeouts[name] = duration;
            }
        }

        return timeouts;
    }

    private static RetrySettings ReadRetry(YamlMap map)
    {
        var policy = map.GetString("policy") ?? "constant";
        if (policy is not ("constant" or "exponential"))
        {
            map.Fault("policy", $"must be constant or exponential, not '{policy}'");
        }

        var matching = map.GetMap("matching");
        return new RetrySettings(
            policy is "exponential",
            map.GetDuration("duration") ?? TimeSpan.FromSeconds(5),
            map.GetDuration("initialInterval") ?? TimeSpan.FromMilliseconds(500),
            map.GetDuration("maxInterval") ?? TimeSpan.FromSeconds(60),
            ReadNumber(map, "multiplier", 1.5),
            ReadNumber(map, "randomizationFactor", 0.5),
            map.GetInt("maxRetries", -1),
            ReadCodes(matching, "httpStatusCodes"),
            ReadCodes(matching, "gRPCStatusCodes"));
    }

    private static CircuitBreakerSettings ReadCircuitBreaker(YamlMap map)
    {
        var trip = DefaultTrip;
        if (map.GetString("trip") is { Length: > 0 } text)
        {
            if (CelExpression.TryParse(text, out var parsed, out var problem))
            {
                trip = parsed;
            }
            else
            {
                map.Fault("trip", $"is not a valid expression: {problem}");
            }
        }

        return new CircuitBreakerSettings(
            Math.Max(1, map.GetInt("maxRequests", 1)),
            map.GetDuration("interval") ?? TimeSpan.Zero,
            map.GetDuration("timeout") ?? TimeSpan.FromSeconds(60),
            trip);
    }

    private static PolicyNames ReadNames(YamlMap map) => new(map.GetString("timeout"), map.GetString("retry"), map.GetString("circuitBreaker"));

    private static Dictionary<string, PolicyNames> ReadDirection(YamlMap? components, string direction)
    {
        var targets = new Dictionary<string, PolicyNames>(StringComparer.Ordinal);
        foreach (var name in components?.Names ?? [])
        {
            if (components!.GetMap(name)?.GetMap(direction) is { } target)
            {
                targets[name] = ReadNames(target);
            }
        }

        return targets;
    }

    private static Dictionary<string, T> ReadNamed<T>(YamlMap? map, Func<YamlMap, T> read)
    {
        var named = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var name in map?.Names ?? [])
        {
            if (map!.GetMap(name) is { } entry)
            {
                named[name] = read(entry);
            }
        }

        return named;
    }

    private static double ReadNumber(YamlMap map, string name, double defaultValue)
    {
        if (map.GetString(name) is not { Length: > 0 } text)
        {
            return defaultValue;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0)
        {
            return number;
        }

        map.Fault(name, $"must be a number, not '{text}'");
        return defaultValue;
    }

    private static StatusCodeSet? ReadCodes(YamlMap? matching, string name)
    {
        if (matching?.GetString(name) is not { Length: > 0 } text)
        {
            return null;
        }

        if (StatusCodeSet.TryParse(text, out var set))
        {
            return set;
        }

        matching.Fault(name, $"must be codes and ranges such as 429,500-504, not '{text}'");
        return null;
    }

    private static void Check(YamlMap? map, IReadOnlyDictionary<string, PolicyNames> targets, ResiliencyResource resource)
    {
        foreach (var (target, names) in targets)
        {
            // A timeout may be written in place, and daprd has policies of its own whose names may be replaced.
            if (names.Timeout is { Length: > 0 } timeout && !resource.Timeouts.ContainsKey(timeout) && !GoDuration.TryParse(timeout, out _))
            {
                map!.Fault($"{target}.timeout", $"names '{timeout}', which spec.policies.timeouts does not have");
            }

            if (names.Retry is { Length: > 0 } retry && !resource.Retries.ContainsKey(retry))
            {
                map!.Fault($"{target}.retry", $"names '{retry}', which spec.policies.retries does not have");
            }

            if (names.CircuitBreaker is { Length: > 0 } breaker && !resource.CircuitBreakers.ContainsKey(breaker))
            {
                map!.Fault($"{target}.circuitBreaker", $"names '{breaker}', which spec.policies.circuitBreakers does not have");
            }
        }
    }
}
