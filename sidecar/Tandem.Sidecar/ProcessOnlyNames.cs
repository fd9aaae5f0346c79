using Tandem.Components.NameResolution;

namespace Tandem.Sidecar;

/// <summary>
/// Stands in when the machine's registry cannot be used (no writable home, say): the sidecars of this process find each other all the
/// same, and nobody else's.
/// </summary>
internal sealed class ProcessOnlyNames : INameResolver
{
    private readonly Lock _lock = new();
    private readonly List<Registration> _registrations = [];

    public ValueTask<INameRegistration> RegisterAsync(AppRegistration registration, CancellationToken cancellationToken)
    {
        var added = new Registration(this, registration);
        lock (_lock)
        {
            _registrations.Add(added);
        }

        return ValueTask.FromResult<INameRegistration>(added);
    }

    public ValueTask<string?> ResolveAsync(string appId, string appNamespace, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult(_registrations.Find(other => other.App.AppId == appId && other.App.AppNamespace == appNamespace)?.App.Address);
        }
    }

    public ValueTask<IReadOnlyList<string>> GetActorHostsAsync(string actorType, string appNamespace, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<string>>(
            [
                .. _registrations
                    .Where(other => other.App.AppNamespace == appNamespace && other.ActorTypes.Contains(actorType))
                    .Select(static other => other.App.Address)
                    .Order(StringComparer.Ordinal),
            ]);
        }
    }

    private sealed class Registration(ProcessOnlyNames names, AppRegistration app) : INameRegistration
    {
        public AppRegistration App { get; } = app;

        public IReadOnlyList<string> ActorTypes { get; private set; } = [];

        public ValueTask SetActorTypesAsync(IReadOnlyList<string> actorTypes, CancellationToken cancellationToken)
        {
            lock (names._lock)
            {
                ActorTypes = actorTypes;
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            lock (names._lock)
            {
                names._registrations.Remove(this);
            }

            return ValueTask.CompletedTask;
        }
    }
}
