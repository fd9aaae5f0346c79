using Grpc.Core;
using Tandem.Components.Locks;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Resiliency;

namespace Tandem.Runtime.Locks;

/// <summary>The distributed lock building block: key prefixes, the stores' outcomes, outbound policies.</summary>
public sealed class LockManager
{
    private const string Separator = "||";
    private const string Prefix = "lock" + Separator;

    private readonly ComponentTable<Entry> _stores;

    /// <summary>Takes the lock stores of a sidecar.</summary>
    public LockManager(SidecarOptions options, ComponentSet components, ResiliencyPolicies policies)
        => _stores = components.TableOf<ILockStore, Entry>((component, store) => new Entry(store, PrefixOf(component, options), new OutboundPolicy(policies, component)));

    /// <summary>Takes a lock; <see langword="false"/> when somebody has it.</summary>
    /// <param name="expirySeconds">After how many seconds it ends by itself; at least one.</param>
    public async ValueTask<bool> TryLockAsync(string storeName, string resource, string owner, int? expirySeconds, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        var key = KeyOf(entry, resource, owner);
        if (expirySeconds is not > 0)
        {
            throw Malformed("expiryInSeconds must be a positive number of seconds");
        }

        var expiry = TimeSpan.FromSeconds(expirySeconds.Value);
        try
        {
            return await entry.Policy.RunAsync(
                static (argument, token) => argument.entry.Store.TryLockAsync(argument.key, argument.owner, argument.expiry, token),
                (entry, key, owner, expiry),
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw Failed("ERR_TRY_LOCK", storeName, exception);
        }
    }

    /// <summary>Gives a lock back.</summary>
    public async ValueTask<UnlockOutcome> UnlockAsync(string storeName, string resource, string owner, CancellationToken cancellationToken)
    {
        var entry = Find(storeName);
        var key = KeyOf(entry, resource, owner);
        try
        {
            return await entry.Policy.RunAsync(
                static (argument, token) => argument.entry.Store.UnlockAsync(argument.key, argument.owner, token), (entry, key, owner), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not DaprException and not OperationCanceledException)
        {
            throw Failed("ERR_UNLOCK", storeName, exception);
        }
    }

    /// <summary>Fails as the API does when there is no such store.</summary>
    public void EnsureExists(string storeName) => Find(storeName);

    /// <summary>The error for a request that cannot be read.</summary>
    public static DaprException Malformed(string problem, Exception? innerException = null) => new(new DaprError(400, "ERR_MALFORMED_REQUEST", problem), innerException);

    private static DaprException Failed(string code, string storeName, Exception exception)
        => new(new DaprError(500, code, $"lock store '{storeName}' failed: {exception.Message}"), exception);

    private Entry Find(string storeName)
    {
        if (_stores.TryGet(storeName, out var entry))
        {
            return entry;
        }

        throw new DaprException(_stores.IsEmpty
            ? new DaprError(500, "ERR_LOCK_STORE_NOT_CONFIGURED", "no lock store is configured") { GrpcStatus = StatusCode.FailedPrecondition }
            : new DaprError(400, "ERR_LOCK_STORE_NOT_FOUND", $"lock store '{storeName}' is not found"));
    }

    private static string KeyOf(Entry entry, string resource, string owner)
        => resource.Length == 0 ? throw Malformed("resourceId is required")
            : owner.Length == 0 ? throw Malformed("lockOwner is required")
            : resource.Contains(Separator, StringComparison.Ordinal) ? throw Malformed($"resourceId '{resource}' must not contain '{Separator}'")
            : entry.Prefix + resource;

    private static string PrefixOf(LoadedComponent component, SidecarOptions options) => component.Metadata.GetString("keyPrefix") switch
    {
        null or "appid" => $"{Prefix}{options.AppId}{Separator}",
        "name" => $"{Prefix}{component.Name}{Separator}",
        "none" => Prefix,
        var text => $"{Prefix}{text}{Separator}",
    };

    private sealed record Entry(ILockStore Store, string Prefix, OutboundPolicy Policy);
}
