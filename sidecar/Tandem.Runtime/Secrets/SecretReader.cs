using Grpc.Core;
using Tandem.Components.Secrets;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Components;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;

namespace Tandem.Runtime.Secrets;

/// <summary>The secrets building block: what the app may read of its secret stores.</summary>
public sealed class SecretReader
{
    private readonly ComponentTable<Entry> _stores;

    /// <summary>Takes the secret stores of a sidecar and the scopes of its Configuration.</summary>
    public SecretReader(ComponentSet components, ConfigurationResource configuration, ResiliencyPolicies policies, SidecarMetrics? metrics = null)
        => _stores = components.TableOf<ISecretStore, Entry>((component, store) => new Entry(
            store,
            configuration.SecretScopes.FirstOrDefault(scope => scope.StoreName == component.Name),
            new OutboundPolicy(policies, component),
            metrics?.Secrets.For(component.Name)));

    /// <summary>One secret's values by name.</summary>
    public async ValueTask<IReadOnlyDictionary<string, string>> GetAsync(string storeName, string secret, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        if (entry.Scope is { } scope && !scope.Allows(secret))
        {
            throw new DaprException(new DaprError(403, "ERR_PERMISSION_DENIED", $"access to secret '{secret}' of '{storeName}' is denied by the Configuration"));
        }

        try
        {
            return await entry.Policy.RunAsync(static (argument, token) => argument.entry.Store.GetAsync(argument.secret, token), (entry, secret), cancellationToken, entry.Meters?["get"]).ConfigureAwait(false)
                ?? throw new DaprException(new DaprError(500, "ERR_SECRET_GET", $"secret store '{storeName}' has no secret '{secret}'"));
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw new DaprException(new DaprError(500, "ERR_SECRET_GET", $"secret '{secret}' cannot be read from '{storeName}': {exception.Message}"), exception);
        }
    }

    /// <summary>All secrets that the app may read.</summary>
    public async ValueTask<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> GetAllAsync(string storeName, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        try
        {
            var all = await entry.Policy.RunAsync(static (argument, token) => argument.Store.GetAllAsync(token), entry, cancellationToken, entry.Meters?["bulk_get"]).ConfigureAwait(false);
            return entry.Scope is { } scope ? all.Where(secret => scope.Allows(secret.Key)).ToDictionary(StringComparer.Ordinal) : all;
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw new DaprException(new DaprError(500, "ERR_SECRET_GET", $"the secrets of '{storeName}' cannot be read: {exception.Message}"), exception);
        }
    }

    private Entry Find(string storeName)
    {
        if (_stores.IsEmpty)
        {
            throw new DaprException(new DaprError(500, "ERR_SECRET_STORES_NOT_CONFIGURED", "no secret store is configured") { GrpcStatus = StatusCode.FailedPrecondition });
        }

        return _stores.TryGet(storeName, out var entry)
            ? entry
            : throw new DaprException(new DaprError(401, "ERR_SECRET_STORE_NOT_FOUND", $"there is no secret store '{storeName}'") { GrpcStatus = StatusCode.InvalidArgument });
    }

    private sealed record Entry(ISecretStore Store, SecretScope? Scope, OutboundPolicy Policy, ComponentMeters? Meters);
}
