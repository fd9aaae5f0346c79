using Microsoft.Extensions.Logging;
using Tandem.Components;
using Tandem.Components.Metadata;
using Tandem.Components.Secrets;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State;
using Tandem.Runtime.State.Encryption;

namespace Tandem.Runtime.Components;

/// <summary>Makes and initialises a sidecar's components: secret stores first, as the others may take settings from them.</summary>
public sealed partial class ComponentLoader(
    SidecarOptions options,
    ComponentCatalog catalog,
    SharedComponents shared,
    TimeProvider timeProvider,
    ILoggerFactory loggerFactory)
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(1);

    private readonly ILogger<ComponentLoader> _logger = loggerFactory.CreateLogger<ComponentLoader>();
    private Dictionary<string, ISecretStore> _secretStores = new(StringComparer.Ordinal);

    /// <summary>The secret stores that are up; settings of other resources may be taken from them.</summary>
    public SecretReferences Secrets => new(_secretStores, _logger);

    /// <summary>Where components are counted that were made ready, or could not be; <see langword="null"/> when they are not.</summary>
    public RuntimeMetrics? Metrics { get; init; }

    /// <summary>Loads all components of a sidecar that starts. What cannot be made is a fault, unless the component says <c>ignoreErrors</c>.</summary>
    public async Task<ComponentSet> LoadAsync(ResourceSet resources, ResourceFaults faults, CancellationToken cancellationToken)
        => new(await LoadAsync(resources, null, faults, cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Loads what a running sidecar is to have now: components whose settings are the same stay as they are, and one whose new settings
    /// are at fault stays as it was.
    /// </summary>
    /// <returns>All components, those that stay among them.</returns>
    public async Task<IReadOnlyList<LoadedComponent>> LoadAsync(ResourceSet resources, ComponentSet? running, ResourceFaults faults, CancellationToken cancellationToken)
    {
        var loaded = new List<LoadedComponent>();
        _secretStores = new Dictionary<string, ISecretStore>(StringComparer.Ordinal);
        var waiting = resources.Components.Where(static component => IsSecretStore(component)).ToList();
        while (waiting.Count > 0)
        {
            // A secret store may itself read from another one; a circle ends with a fault that names the store that is missing.
            var next = waiting.Find(component => !NeedsSecrets(component) || _secretStores.ContainsKey(component.SecretStore ?? "")) ?? waiting[0];
            waiting.Remove(next);
            await AddAsync(loaded, next, running, resources.Configuration, faults, cancellationToken).ConfigureAwait(false);
        }

        foreach (var component in resources.Components.Where(static component => !IsSecretStore(component)))
        {
            await AddAsync(loaded, component, running, resources.Configuration, faults, cancellationToken).ConfigureAwait(false);
        }

        if (running?.ActorStateStore is { } actors && !loaded.Contains(actors))
        {
            faults.Add(actors.Resource.Id, "is the actor state store, which can only be removed with a restart of the sidecar");
            loaded.Add(actors);
        }

        return loaded;
    }

    private async Task AddAsync(
        List<LoadedComponent> loaded, ComponentResource resource, ComponentSet? running, ConfigurationResource configuration, ResourceFaults faults, CancellationToken cancellationToken)
    {
        if (resource.Type.Length == 0 || loaded.Exists(component => component.Name == resource.Name))
        {
            // Already a fault of its own.
            return;
        }

        var before = running?.Find(resource.Name);
        try
        {
            Add(loaded, await LoadAsync(resource, before, isReload: running is not null, configuration, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Metrics?.Failed($"{resource.Type}/{resource.Version}", resource.Name);
            if (before is not null)
            {
                Add(loaded, before);
            }

            if (running is null && resource.IgnoreErrors)
            {
                Log.Ignored(_logger, resource.Name, exception.Message);
                return;
            }

            faults.Add(resource.Id, exception.Message);
        }
    }

    private void Add(List<LoadedComponent> loaded, LoadedComponent component)
    {
        loaded.Add(component);
        if (component.Instance is ISecretStore secretStore)
        {
            _secretStores[component.Name] = secretStore;
        }
    }

    private async Task<LoadedComponent> LoadAsync(
        ComponentResource resource, LoadedComponent? before, bool isReload, ConfigurationResource configuration, CancellationToken cancellationToken)
    {
        var type = $"{resource.Type}/{resource.Version}";
        if (configuration.DeniedComponents.Any(denied => denied == resource.Type || denied == type))
        {
            throw new ComponentFaultException($"spec.type '{type}' is denied by the Configuration");
        }

        var settings = new ComponentMetadata(await Secrets.ResolveAsync(resource.Metadata, resource.SecretStore, cancellationToken).ConfigureAwait(false));
        if (before is not null && IsSame(before, resource, settings))
        {
            return before;
        }

        if (isReload && (before is { IsActorStateStore: true } || (CategoryOf(resource.Type) is "state" && LoadedComponent.SaysActorStateStore(settings))))
        {
            throw new ComponentFaultException("is an actor state store (spec.metadata actorStateStore), which can only be changed with a restart of the sidecar");
        }

        var metadata = MetadataTemplates.Apply(settings, options);
        var state = ReadState(resource, metadata);
        var (instance, close) = await CreateAsync(resource, metadata, cancellationToken).ConfigureAwait(false);
        Metrics?.Initialized(type, resource.Name);
        Log.Loaded(_logger, resource.Name, type);
        return new LoadedComponent(resource, metadata, instance, close) { Settings = settings, State = state };
    }

    private StateSettings? ReadState(ComponentResource resource, ComponentMetadata metadata)
    {
        if (CategoryOf(resource.Type) is not "state")
        {
            return null;
        }

        foreach (var field in StateEncryptionKeys.Ignored(resource))
        {
            Log.KeyInTheOpen(_logger, resource.Name, field);
        }

        try
        {
            return StateSettings.Parse(resource, metadata, options);
        }
        catch (ComponentMetadataException exception)
        {
            throw new ComponentFaultException($"spec.{exception.Message}", exception);
        }
    }

    private async Task<(object Instance, Func<ValueTask> Close)> CreateAsync(ComponentResource resource, ComponentMetadata metadata, CancellationToken cancellationToken)
    {
        var context = new ComponentContext
        {
            Name = resource.Name,
            Type = resource.Type,
            Version = resource.Version,
            Metadata = metadata,
            AppId = options.AppId,
            Namespace = options.Namespace,
            BaseDirectory = options.BaseDirectory,
            DataDirectory = options.DataDirectory,
            TimeProvider = timeProvider,
            LoggerFactory = loggerFactory,
        };
        if (CategoryOf(resource.Type) is "bindings" or "middleware")
        {
            // Its own: two apps with the same cron binding are both called, and two sidecars count their requests apart.
            var instance = await MakeAsync(context, resource.InitTimeout, cancellationToken).ConfigureAwait(false);
            return (instance, () => SharedComponents.CloseAsync(instance));
        }

        var component = await shared.AcquireAsync(context, context => MakeAsync(context, resource.InitTimeout, CancellationToken.None)).ConfigureAwait(false);
        return (component.Instance, component.Release);
    }

    private async Task<object> MakeAsync(ComponentContext context, TimeSpan initTimeout, CancellationToken cancellationToken)
    {
        var instance = Make(context);
        try
        {
            if (instance is IInitializable initializable)
            {
                await InitializeAsync(initializable, initTimeout, cancellationToken).ConfigureAwait(false);
            }

            return instance;
        }
        catch
        {
            await SharedComponents.CloseAsync(instance).ConfigureAwait(false);
            throw;
        }
    }

    private async Task InitializeAsync(IInitializable component, TimeSpan initTimeout, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(initTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var initialising = component.InitializeAsync(either.Token).AsTask();
        try
        {
            await initialising.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // A component that waited for its server says what it waited for, once it is told to stop.
            await ((Task)initialising).WaitAsync(LastWord, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var reason = initialising.Exception?.InnerException is { } failure and not OperationCanceledException ? $": {failure.Message}" : "";
            throw new ComponentFaultException($"was not ready within its spec.initTimeout of {initTimeout}{reason}", exception);
        }
    }

    private object Make(ComponentContext context)
    {
        try
        {
            return CategoryOf(context.Type) switch
            {
                "state" => catalog.StateStores.Create(context),
                "pubsub" => catalog.PubSubs.Create(context),
                "secretstores" => catalog.SecretStores.Create(context),
                "bindings" => catalog.Bindings.Create(context),
                "configuration" => catalog.ConfigurationStores.Create(context),
                "lock" => catalog.LockStores.Create(context),
                "middleware" => catalog.Middleware.Create(context),
                "crypto" => catalog.CryptoProviders.Create(context),
                var category => throw new ComponentFaultException(
                    $"spec.type '{context.Type}' is not known: '{category}' is none of state, pubsub, secretstores, bindings, configuration, lock, middleware, crypto"),
            };
        }
        catch (UnknownComponentException)
        {
            throw new ComponentFaultException($"spec.type '{context.Type}/{context.Version}' is not known; known are {string.Join(", ", KnownOf(context.Type))}");
        }
        catch (ComponentMetadataException exception)
        {
            throw new ComponentFaultException($"spec.{exception.Message}", exception);
        }
    }

    private IEnumerable<string> KnownOf(string type) => CategoryOf(type) switch
    {
        "state" => catalog.StateStores.Known,
        "pubsub" => catalog.PubSubs.Known,
        "secretstores" => catalog.SecretStores.Known,
        "configuration" => catalog.ConfigurationStores.Known,
        "lock" => catalog.LockStores.Known,
        "middleware" => catalog.Middleware.Known,
        "crypto" => catalog.CryptoProviders.Known,
        _ => catalog.Bindings.Known,
    };

    private static bool IsSecretStore(ComponentResource component) => CategoryOf(component.Type) is "secretstores";

    private static bool NeedsSecrets(ComponentResource component) => component.Metadata.Any(static entry => entry.SecretName is not null);

    private static bool IsSame(LoadedComponent before, ComponentResource resource, ComponentMetadata settings)
        => before.Resource.Type == resource.Type
            && before.Resource.Version == resource.Version
            && before.Settings.Values.Count == settings.Values.Count
            && settings.Values.All(setting => before.Settings.Values.TryGetValue(setting.Key, out var value) && value == setting.Value);

    private static string CategoryOf(string type) => type.Split('.', 2)[0];

    private static partial class Log
    {
        [LoggerMessage(1201, LogLevel.Information, "Component loaded: {Name} ({Type})")]
        public static partial void Loaded(ILogger logger, string name, string type);

        [LoggerMessage(1202, LogLevel.Warning, "Component {Name} is left out, as its ignoreErrors says: {Reason}")]
        public static partial void Ignored(ILogger logger, string name, string reason);

        [LoggerMessage(1203, LogLevel.Warning, "Component {Name}: {Field} is not used, so that values are not encrypted: a key must come from a secret (secretKeyRef)")]
        public static partial void KeyInTheOpen(ILogger logger, string name, string field);
    }
}

/// <summary>A component cannot be made; the message names the field and is fit for people.</summary>
public sealed class ComponentFaultException(string message, Exception? innerException = null) : Exception(message, innerException);
