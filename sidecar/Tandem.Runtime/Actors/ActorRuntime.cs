using Microsoft.Extensions.Logging;
using Tandem.Components.NameResolution;
using Tandem.Components.State;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Actors.Reminders;
using Tandem.Runtime.Actors.State;
using Tandem.Runtime.Actors.Timers;
using Tandem.Runtime.Actors.Turns;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Actors;

/// <summary>
/// The actors building block of one sidecar. Any sidecar calls actors; one whose app hosts some (see <see cref="RegisterAsync"/>) also
/// runs their turns, state, timers and reminders.
/// </summary>
public sealed partial class ActorRuntime : IAsyncDisposable
{
    /// <summary>What the internal route answers when the actor is not placed here: the call has not run.</summary>
    public const int NotHereStatus = 421;

    private readonly ActorRuntimeContext _context;
    private readonly ActorPlacement _placement;
    private readonly ActorRouter _router;
    private readonly ActorPolicies _policies;
    private readonly ActorState? _state;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _registration = new(1);
    private INameRegistration? _announcement;
    private volatile ActorHost? _host;
    private volatile bool _isReady;
    private IReadOnlyList<ActorTypeSettings> _refused = [];

    /// <summary>Makes the runtime; it hosts nothing yet.</summary>
    /// <exception cref="DaprException">The actor state store cannot keep actors.</exception>
    public ActorRuntime(ActorRuntimeContext context)
    {
        _context = context;
        _logger = context.LoggerFactory.CreateLogger<ActorRuntime>();
        _placement = new ActorPlacement(context);
        _router = new ActorRouter(context, _placement, this);
        _policies = new ActorPolicies(context.Resiliency, _router);
        _state = context.StateStore is { } store ? new ActorState(context.AppId, store) : null;
        _isReady = !context.App.IsConfigured;
    }

    /// <summary>Where other sidecars reach this one, as it is announced; known once the sidecar listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Whether it is known what the app hosts (nothing, when there is no app).</summary>
    public bool IsReady => _isReady;

    /// <summary>How many actors of each hosted type are active.</summary>
    public IReadOnlyList<KeyValuePair<string, int>> ActiveActors
        => _host is { } host ? [.. host.Types.Values.Select(static t => KeyValuePair.Create(t.Settings.Name, t.Count))] : [];

    /// <summary>How many reminders this sidecar watches over.</summary>
    public int ReminderCount => _host?.Reminders.Count ?? 0;

    /// <summary>The sidecar listens: from now on actors are placed by its address.</summary>
    /// <param name="address">Where other sidecars reach this one: <c>host:port</c>.</param>
    /// <param name="registration">Announces the hosted actor types to other processes; <see langword="null"/> when nobody is to know of them.</param>
    public void Start(string address, INameRegistration? registration)
    {
        Address = address;
        _announcement = registration;
        _context.Directory.Add(this);
    }

    /// <summary>The app is there and has said which actor types it hosts. Called again each time that it has started.</summary>
    public async Task RegisterAsync(ActorAppConfiguration configuration, CancellationToken cancellationToken)
    {
        await _registration.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await EndHostAsync(appIsGone: true, cancellationToken).ConfigureAwait(false);
            foreach (var fault in configuration.Faults)
            {
                Log.ConfigurationFault(_logger, fault);
            }

            if (configuration.Types.Count > 0 && _state is null)
            {
                _refused = configuration.Types;
                Log.NoStateStore(_logger, string.Join(", ", configuration.Types.Select(static t => t.Name)));
            }
            else if (configuration.Types.Count > 0)
            {
                var host = new ActorHost(_context, _placement, configuration.Types);
                _host = host;
                var names = configuration.Types.Select(static t => t.Name).ToArray();
                await AnnounceAsync(names, cancellationToken).ConfigureAwait(false);
                await host.Watch.StartAsync(cancellationToken).ConfigureAwait(false);
                host.Work.Run(host.Reminders.LoadAsync);
                Log.Registered(_logger, string.Join(", ", names));
            }

            _isReady = true;
        }
        finally
        {
            _registration.Release();
        }
    }

    /// <summary>The app stops being a host. One that is still there hears of each actor that it loses.</summary>
    public async Task UnregisterAsync(bool appIsGone, CancellationToken cancellationToken)
    {
        await _registration.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _isReady = !_context.App.IsConfigured;
            await EndHostAsync(appIsGone, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _registration.Release();
        }
    }

    /// <summary>Calls a method of an actor, wherever it is placed. What goes wrong is in the answer.</summary>
    public Task<ActorAnswer> InvokeAsync(ActorCall call, CancellationToken cancellationToken)
        => _refused.Any(t => t.Name == call.ActorType)
            ? Task.FromResult(ActorAnswer.Failed(ActorErrors.RuntimeNotFound))
            : call.IsFromPeer ? _router.InvokeAsync(call, cancellationToken)
            : _policies.InvokeAsync(call, cancellationToken);

    /// <summary>Reads one key of an actor's state.</summary>
    /// <exception cref="DaprException">The actor is not hosted here, or the store failed.</exception>
    public ValueTask<StateItem?> GetStateAsync(string actorType, string actorId, string key, CancellationToken cancellationToken)
    {
        var state = _state ?? throw new DaprException(ActorErrors.RuntimeNotFound);
        return HostOf(actorType) is null ? throw new DaprException(ActorErrors.InstanceMissing) : state.GetAsync(actorType, actorId, key, cancellationToken);
    }

    /// <summary>Changes an actor's state in one transaction. The actor must be active here: its turn is what makes changes orderly.</summary>
    /// <exception cref="DaprException">The actor is not active here, or the store failed.</exception>
    public ValueTask SaveStateAsync(string actorType, string actorId, IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        var state = _state ?? throw new DaprException(ActorErrors.RuntimeNotFound);
        return HostOf(actorType)?.Find(actorId) is null
            ? throw new DaprException(ActorErrors.InstanceMissing)
            : state.SaveAsync(actorType, actorId, operations, cancellationToken);
    }

    /// <summary>Starts a timer of an actor that is hosted here.</summary>
    /// <exception cref="DaprException">The actor's type is not hosted here, or the request cannot be used.</exception>
    public void CreateTimer(string actorType, string actorId, string name, TimerRequest request)
    {
        var type = RequireHostOf(actorType, ActorErrors.TimerCreate($"the actor type '{actorType}' is not hosted here"));
        type.Host.Timers.Create(type.Host.Activate(type, actorId), name, request);
    }

    /// <summary>Ends a timer, if there is one of that name.</summary>
    /// <exception cref="DaprException">There is no actor state store.</exception>
    public void DeleteTimer(string actorType, string actorId, string name)
    {
        if (_state is null)
        {
            throw new DaprException(ActorErrors.RuntimeNotFound);
        }

        if (HostOf(actorType) is { } type && type.Find(actorId) is { } actor)
        {
            type.Host.Timers.Remove(actor, name);
        }
    }

    /// <summary>Registers a reminder; when this returns it is stored.</summary>
    /// <exception cref="DaprException">The actor's type is not hosted here, the request cannot be used, or the store failed.</exception>
    public Task CreateReminderAsync(string actorType, string actorId, string name, ReminderRequest request, CancellationToken cancellationToken)
        => RequireHostOf(actorType, ActorErrors.ReminderNonHosted).Host.Reminders.CreateAsync(actorType, actorId, name, request, cancellationToken);

    /// <summary>Deletes a reminder, if it is there.</summary>
    /// <exception cref="DaprException">The actor's type is not hosted here, or the store failed.</exception>
    public Task DeleteReminderAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
        => RequireHostOf(actorType, ActorErrors.ReminderNonHosted).Host.Reminders.DeleteAsync(actorType, actorId, name, cancellationToken);

    /// <summary>Reads a reminder.</summary>
    /// <exception cref="DaprException">There is none, the actor's type is not hosted here, or the store failed.</exception>
    public async Task<ReminderResponse> GetReminderAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        var host = RequireHostOf(actorType, ActorErrors.ReminderNonHosted).Host;
        var reminder = await host.Reminders.GetAsync(actorType, actorId, name, cancellationToken).ConfigureAwait(false);
        return reminder is null ? throw new DaprException(ActorErrors.ReminderNotFound(name)) : ReminderResponse.From(reminder);
    }

    /// <summary>Reads the reminders of an actor, or of all actors of a type.</summary>
    /// <param name="actorId">Whose; <see langword="null"/> for all of the type.</param>
    /// <exception cref="DaprException">The actor's type is not hosted here, or the store failed.</exception>
    public Task<IReadOnlyList<(string Name, ReminderResponse Reminder)>> ListRemindersAsync(string actorType, string? actorId, CancellationToken cancellationToken)
        => RequireHostOf(actorType, ActorErrors.ReminderNonHosted).Host.Reminders.ListAsync(actorType, actorId, cancellationToken);

    /// <summary>Deletes the reminders of an actor, or of all actors of a type.</summary>
    /// <param name="actorId">Whose; <see langword="null"/> for all of the type.</param>
    /// <exception cref="DaprException">The actor's type is not hosted here, or the store failed.</exception>
    public async Task DeleteRemindersAsync(string actorType, string? actorId, CancellationToken cancellationToken)
    {
        var reminders = RequireHostOf(actorType, ActorErrors.ReminderNonHosted).Host.Reminders;
        foreach (var (name, reminder) in await reminders.ListAsync(actorType, actorId, cancellationToken).ConfigureAwait(false))
        {
            await reminders.DeleteAsync(actorType, reminder.ActorId, name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Fails as the API does for a name that a timer, a reminder or an actor cannot have.</summary>
    /// <param name="what">What is named.</param>
    /// <exception cref="DaprException">The name is empty, or has characters that no path of the app can have.</exception>
    public static void EnsureName(string what, string name)
    {
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("#?/\\") || name.Any(char.IsControl))
        {
            throw new DaprException(ActorErrors.BadName(what, name));
        }
    }

    /// <summary>Another sidecar changed a stored reminder of an actor that is placed here; <see langword="false"/> when its type is not hosted.</summary>
    public async Task<bool> RefreshReminderAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        if (HostOf(actorType) is not { } type)
        {
            return false;
        }

        await type.Host.Reminders.RefreshAsync(actorType, actorId, name, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>A host that is newer than this one asks for an actor that is placed there now; when this returns it is not active here.</summary>
    public Task ReleaseAsync(string actorType, string actorId, CancellationToken cancellationToken)
        => _host is { } host ? host.ReleaseAsync(actorType, actorId).WaitAsync(cancellationToken) : Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await UnregisterAsync(appIsGone: true, CancellationToken.None).ConfigureAwait(false);
        _context.Directory.Remove(this);
    }

    internal bool IsHosting(string actorType, string appNamespace)
        => _host is { } host && host.Types.ContainsKey(actorType) && string.Equals(_context.Namespace, appNamespace, StringComparison.Ordinal);

    internal bool IsHost(ActorHost host) => ReferenceEquals(_host, host);

    /// <summary>Calls a method of an actor that is placed here; <see langword="null"/> when it is not, or not any more.</summary>
    internal Task<ActorAnswer?> InvokeHereAsync(ActorCall call, CancellationToken cancellationToken)
        => _host is { IsDraining: false } host ? host.InvokeAsync(call, cancellationToken) : Task.FromResult<ActorAnswer?>(null);

    private HostedActorType? HostOf(string actorType) => _host?.Types.GetValueOrDefault(actorType);

    private HostedActorType RequireHostOf(string actorType, DaprError error)
        => _state is null ? throw new DaprException(ActorErrors.RuntimeNotFound) : HostOf(actorType) ?? throw new DaprException(error);

    private async Task EndHostAsync(bool appIsGone, CancellationToken cancellationToken)
    {
        _refused = [];
        if (_host is not { } host)
        {
            return;
        }

        if (!appIsGone)
        {
            // First the running calls end (they still use state, timers and reminders) while new ones wait, then the actors may be elsewhere.
            await host.StopAsync(appIsGone: false, cancellationToken).ConfigureAwait(false);
        }

        _host = null;
        await host.DisposeAsync().ConfigureAwait(false);
        await AnnounceAsync([], CancellationToken.None).ConfigureAwait(false);
        Log.Unregistered(_logger, string.Join(", ", host.Types.Keys));
    }

    private async Task AnnounceAsync(IReadOnlyList<string> types, CancellationToken cancellationToken)
    {
        if (_announcement is not { } registration)
        {
            return;
        }

        try
        {
            await registration.SetActorTypesAsync(types, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the registry's trouble is, the sidecars of this process know without it.
        catch (Exception exception) when (exception is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Log.AnnounceFailed(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(ActorEvents.Registered, LogLevel.Information, "the app hosts the actor types {ActorTypes}")]
        public static partial void Registered(ILogger logger, string actorTypes);

        [LoggerMessage(ActorEvents.Unregistered, LogLevel.Information, "the app does not host the actor types {ActorTypes} any more")]
        public static partial void Unregistered(ILogger logger, string actorTypes);

        [LoggerMessage(ActorEvents.AnnounceFailed, LogLevel.Error, "the hosted actor types could not be announced: sidecars of other processes do not find them")]
        public static partial void AnnounceFailed(ILogger logger, Exception exception);

        [LoggerMessage(ActorEvents.ConfigurationFault, LogLevel.Warning, "the app's answer to GET /dapr/config: {Fault}")]
        public static partial void ConfigurationFault(ILogger logger, string fault);

        [LoggerMessage(ActorEvents.NoStateStore, LogLevel.Error, "the app hosts the actor types {ActorTypes}, but no state store has actorStateStore set to true: they cannot be used")]
        public static partial void NoStateStore(ILogger logger, string actorTypes);
    }
}
