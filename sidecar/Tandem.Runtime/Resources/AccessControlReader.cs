namespace Tandem.Runtime.Resources;

/// <summary>Reads <c>spec.accessControl</c> of a Configuration.</summary>
internal static class AccessControlReader
{
    public static AccessControlSettings? Read(YamlMap spec)
    {
        if (spec.GetMap("accessControl") is not { } map)
        {
            return null;
        }

        var policies = map.GetMaps("policies").Select(ReadPolicy).ToArray();
        // Who names apps but no default means these apps and no others.
        return new AccessControlSettings(ReadAction(map, "defaultAction") ?? policies.Length == 0, TrustDomainOf(map) ?? AccessControlSettings.DefaultTrustDomain, policies);
    }

    private static AppPolicySettings ReadPolicy(YamlMap map) => new(
        map.RequireString("appId"),
        map.RequireString("namespace"),
        map.RequireString("trustDomain"),
        ReadAction(map, "defaultAction"),
        [.. map.GetMaps("operations").Select(ReadOperation)]);

    private static OperationSettings ReadOperation(YamlMap map)
    {
        map.RequireString("action");
        return new OperationSettings(map.RequireString("name"), map.GetStrings("httpVerb"), ReadAction(map, "action") ?? false);
    }

    private static bool? ReadAction(YamlMap map, string name)
    {
        var action = map.GetString(name);
        if (string.IsNullOrEmpty(action))
        {
            return null;
        }

        if (action.Equals("allow", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (!action.Equals("deny", StringComparison.OrdinalIgnoreCase))
        {
            map.Fault(name, $"must be allow or deny, not '{action}'");
        }

        return false;
    }

    private static string? TrustDomainOf(YamlMap map) => map.GetString("trustDomain") is { Length: > 0 } domain ? domain : null;
}
