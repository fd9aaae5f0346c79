using Tandem.Runtime.Metrics;
using Tandem.Runtime.Tracing;

namespace Tandem.Runtime.Resources;

/// <summary>What the Configuration resources of <c>--config</c> say; what they do not say has Dapr's default.</summary>
public sealed record ConfigurationResource
{
    /// <summary>How app IDs become addresses; <see langword="null"/> for the machine's registry.</summary>
    public NameResolutionSettings? NameResolution { get; init; }

    /// <summary>Which secrets the app may read.</summary>
    public IReadOnlyList<SecretScope> SecretScopes { get; init; } = [];

    /// <summary>Component types that may not be used, each with an optional version: <c>bindings.smtp/v1</c>.</summary>
    public IReadOnlyList<string> DeniedComponents { get; init; } = [];

    /// <summary>The names of preview features that are on.</summary>
    public IReadOnlyList<string> EnabledFeatures { get; init; } = [];

    /// <summary>Whether resources are applied while the sidecar runs; off where <c>features</c> says that <c>HotReload</c> is.</summary>
    public bool HotReload { get; init; } = true;

    /// <summary>Which spans are made, and where they go.</summary>
    public TracingSettings Tracing { get; init; } = new();

    /// <summary>What is measured, and how it is shown.</summary>
    public MetricsSettings Metrics { get; init; } = new();

    /// <summary>Whether and how API calls are logged.</summary>
    public ApiLoggingSettings ApiLogging { get; init; } = new(null, false, false);

    /// <summary>What requests to the HTTP API pass, in this order.</summary>
    public IReadOnlyList<PipelineHandler> HttpPipeline { get; init; } = [];

    /// <summary>What calls to the app by service invocation pass, in this order.</summary>
    public IReadOnlyList<PipelineHandler> AppHttpPipeline { get; init; } = [];

    /// <summary>Which apps may call what of this app; <see langword="null"/> for all.</summary>
    public AccessControlSettings? AccessControl { get; init; }

    /// <summary>APIs that may be called; empty for all.</summary>
    public IReadOnlyList<ApiRule> AllowedApis { get; init; } = [];

    /// <summary>APIs that may not be called.</summary>
    public IReadOnlyList<ApiRule> DeniedApis { get; init; } = [];
}

/// <summary><c>spec.nameResolution</c></summary>
public sealed record NameResolutionSettings(ResourceId Id, string Component, string Version, IReadOnlyDictionary<string, string> Configuration);

/// <summary><c>spec.logging.apiLogging</c></summary>
/// <param name="Enabled"><see langword="null"/> leaves it to <c>--enable-api-logging</c>.</param>
/// <param name="ObfuscateUrls">Logs the name of the API in place of the path, which may hold what is private.</param>
/// <param name="OmitHealthChecks">Logs no calls of health.</param>
public sealed record ApiLoggingSettings(bool? Enabled, bool ObfuscateUrls, bool OmitHealthChecks);

/// <summary>One of <c>spec.secrets.scopes</c>.</summary>
public sealed record SecretScope(string StoreName, bool AllowedByDefault, IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied)
{
    /// <summary>Whether the app may read the secret. A list of allowed ones excludes all others.</summary>
    public bool Allows(string secret) => Allowed.Count > 0 ? Allowed.Contains(secret) : AllowedByDefault && !Denied.Contains(secret);
}

/// <summary>One of <c>spec.api.allowed</c> or <c>denied</c>.</summary>
public sealed record ApiRule(string Name, string Version, string Protocol);

/// <summary>One of <c>spec.httpPipeline.handlers</c> or <c>spec.appHttpPipeline.handlers</c>: the component that it names by name, type and version.</summary>
/// <param name="Field">The handler's place, such as <c>spec.httpPipeline.handlers[0]</c>.</param>
public sealed record PipelineHandler(ResourceId Id, string Field, string Name, string Type, string Version);

/// <summary><c>spec.accessControl</c></summary>
/// <param name="TrustDomain">The trust domain that this app is of itself.</param>
public sealed record AccessControlSettings(bool AllowedByDefault, string TrustDomain, IReadOnlyList<AppPolicySettings> Policies)
{
    /// <summary>The trust domain of an app that names none.</summary>
    public const string DefaultTrustDomain = "public";
}

/// <summary>One of <c>spec.accessControl.policies</c>.</summary>
/// <param name="AllowedByDefault"><see langword="null"/> leaves it to the whole list's default.</param>
public sealed record AppPolicySettings(string AppId, string Namespace, string TrustDomain, bool? AllowedByDefault, IReadOnlyList<OperationSettings> Operations);

/// <summary>One of a policy's <c>operations</c>.</summary>
public sealed record OperationSettings(string Name, IReadOnlyList<string> Verbs, bool IsAllowed);
