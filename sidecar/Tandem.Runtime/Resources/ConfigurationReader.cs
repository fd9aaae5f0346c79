namespace Tandem.Runtime.Resources;

/// <summary>Reads Configuration resources; what a later file says is laid over what earlier ones said.</summary>
internal static class ConfigurationReader
{
    public static ConfigurationResource Read(YamlMap document, ConfigurationResource before)
    {
        if (document.GetMap("spec") is not { } spec)
        {
            return before;
        }

        spec.Expect(
            "httpPipeline", "appHttpPipeline", "tracing", "metrics", "metric", "secrets", "accessControl", "nameResolution", "features", "api", "components", "logging", "mtls", "wasm", "workflow");
        var api = spec.GetMap("api");
        return before with
        {
            NameResolution = ReadNameResolution(spec) ?? before.NameResolution,
            SecretScopes = spec.GetMap("secrets") is { } secrets ? [.. ReadScopes(secrets)] : before.SecretScopes,
            DeniedComponents = spec.GetMap("components") is { } components ? components.GetStrings("deny") : before.DeniedComponents,
            EnabledFeatures = !spec.Names.Contains("features") ? before.EnabledFeatures : [.. spec.GetMaps("features").Where(static feature => feature.GetBool("enabled", false)).Select(static feature => feature.RequireString("name"))],
            HotReload = spec.GetMaps("features").LastOrDefault(static feature => feature.GetString("name") is "HotReload")?.GetBool("enabled", false) ?? before.HotReload,
            Tracing = TracingReader.Read(spec.GetMap("tracing"), before.Tracing),
            Metrics = MetricsReader.Read(spec, before.Metrics),
            ApiLogging = spec.GetMap("logging")?.GetMap("apiLogging") is { } logging
                ? new ApiLoggingSettings(
                    logging.GetString("enabled") is null ? before.ApiLogging.Enabled : logging.GetBool("enabled", false),
                    logging.GetBool("obfuscateURLs", before.ApiLogging.ObfuscateUrls),
                    logging.GetBool("omitHealthChecks", before.ApiLogging.OmitHealthChecks))
                : before.ApiLogging,
            HttpPipeline = ReadPipeline(spec, "httpPipeline") ?? before.HttpPipeline,
            AppHttpPipeline = ReadPipeline(spec, "appHttpPipeline") ?? before.AppHttpPipeline,
            AccessControl = AccessControlReader.Read(spec) ?? before.AccessControl,
            AllowedApis = api?.Names.Contains("allowed") is true ? [.. ReadRules(api, "allowed")] : before.AllowedApis,
            DeniedApis = api?.Names.Contains("denied") is true ? [.. ReadRules(api, "denied")] : before.DeniedApis,
        };
    }

    private static NameResolutionSettings? ReadNameResolution(YamlMap spec)
        => spec.GetMap("nameResolution") is { } settings
            ? new NameResolutionSettings(
                settings.Resource,
                settings.RequireString("component"),
                settings.GetString("version") is { Length: > 0 } version ? version : "v1",
                settings.GetTexts("configuration"))
            : null;

    private static IEnumerable<SecretScope> ReadScopes(YamlMap? secrets)
    {
        foreach (var scope in secrets?.GetMaps("scopes") ?? [])
        {
            var access = scope.GetString("defaultAccess") ?? "allow";
            if (access is not ("allow" or "deny" or ""))
            {
                scope.Fault("defaultAccess", $"must be allow or deny, not '{access}'");
            }

            yield return new SecretScope(scope.RequireString("storeName"), access is not "deny", scope.GetStrings("allowedSecrets"), scope.GetStrings("deniedSecrets"));
        }
    }

    private static IReadOnlyList<PipelineHandler>? ReadPipeline(YamlMap spec, string name)
        => spec.GetMap(name) is { } pipeline
            ? [.. pipeline.GetMaps("handlers").Select((handler, index) => new PipelineHandler(
                handler.Resource,
                pipeline.FullName($"handlers[{index}]"),
                handler.RequireString("name"),
                handler.RequireString("type"),
                handler.GetString("version") is { Length: > 0 } version ? version : "v1"))]
            : null;

    private static IEnumerable<ApiRule> ReadRules(YamlMap? api, string name)
        => (api?.GetMaps(name) ?? []).Select(static rule => new ApiRule(
            rule.RequireString("name"),
            rule.GetString("version") ?? "v1.0",
            rule.GetString("protocol") ?? "http"));
}
