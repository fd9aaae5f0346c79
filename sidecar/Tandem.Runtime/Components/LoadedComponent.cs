using Tandem.Components.Metadata;
using Tandem.Components.PubSub;
using Tandem.Components.State;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State;
using Tandem.Runtime.State.Encryption;

namespace Tandem.Runtime.Components;

/// <summary>A component that is ready for use.</summary>
/// <param name="close">Gives up this sidecar's part of the instance; <see langword="null"/> when there is nothing to close.</param>
public sealed class LoadedComponent(ComponentResource resource, ComponentMetadata metadata, object instance, Func<ValueTask>? close = null)
{
    /// <summary>Between a look-up in a table and the call that it is for there is no wait, so this is long.</summary>
    private static readonly TimeSpan LongestLookUp = TimeSpan.FromMilliseconds(250);

    private readonly TaskCompletionSource _unused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Calls that run, and one for the set that holds the component.</summary>
    private int _uses = 1;

    /// <summary>What it was made of.</summary>
    public ComponentResource Resource { get; } = resource;

    /// <summary>Its settings, with secrets and templates resolved.</summary>
    public ComponentMetadata Metadata { get; } = metadata;

    /// <summary>The component itself.</summary>
    public object Instance { get; } = instance;

    /// <summary>The component's name.</summary>
    public string Name => Resource.Name;

    /// <summary>What the runtime does for a state store; <see langword="null"/> for other components.</summary>
    internal StateSettings? State { get; init; }

    /// <summary>The state store as apps use it, behind its encryption; <see langword="null"/> for other components.</summary>
    internal IStateStore? StateStore => field ??= Instance is IStateStore store ? EncryptingStateStore.Wrap(store, State?.Cipher) : null;

    /// <summary>The state store as actors use it. Dapr leaves their state in the open, so what it wrote is read as well.</summary>
    public IStateStore? ActorStore => Instance is IStateStore store ? EncryptingStateStore.Wrap(store, State?.Cipher, acceptPlain: true) : null;

    /// <summary>Whether it keeps the state of actors.</summary>
    public bool IsActorStateStore => Instance is ITransactionalStateStore && SaysActorStateStore(Metadata);

    /// <summary>What the component can do, in Dapr's words; derived from the interfaces that it implements, so that they cannot disagree.</summary>
    public IReadOnlyList<string> Capabilities => [.. FindCapabilities()];

    /// <summary>The settings before templates were resolved, by which a change is seen.</summary>
    internal ComponentMetadata Settings { get; init; } = metadata;

    /// <summary>A call of the component begins: it is not closed before the call's <see cref="Leave"/>.</summary>
    internal void Enter() => Interlocked.Increment(ref _uses);

    /// <summary>A call of the component ended.</summary>
    internal void Leave()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            _unused.TrySetResult();
        }
    }

    /// <summary>Closes the component once the calls that run have ended; it is in no set any more.</summary>
    internal async Task RetireAsync(TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(LongestLookUp, timeProvider, cancellationToken).ConfigureAwait(false);
            Leave();
            await _unused.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the component at once, unless other sidecars use it too.</summary>
    internal ValueTask CloseAsync() => close?.Invoke() ?? ValueTask.CompletedTask;

    /// <summary>Whether settings ask for the actors' state store.</summary>
    internal static bool SaysActorStateStore(ComponentMetadata metadata)
        => metadata.GetString("actorStateStore") is { } text && bool.TryParse(text, out var value) && value;

    private IEnumerable<string> FindCapabilities()
    {
        switch (Instance)
        {
            case IStateStore:
                yield return "ETAG";
                if (Instance is ITransactionalStateStore)
                {
                    yield return "TRANSACTIONAL";
                }

                if (Instance is IExpiringStateStore)
                {
                    yield return "TTL";
                }

                if (Instance is IKeyListingStateStore)
                {
                    yield return "DELETE_WITH_PREFIX";
                    yield return "KEYS_LIKE";
                }

                if (Instance is ITransactionalStateStore)
                {
                    yield return "ACTOR";
                }

                break;
            case IWildcardSubscriber:
                yield return "SUBSCRIBE_WILDCARDS";
                break;
            case IBulkPublisher:
                yield return "BULK_PUBSUB";
                break;
            default:
                break;
        }
    }
}
