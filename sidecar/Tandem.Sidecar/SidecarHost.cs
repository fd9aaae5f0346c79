using Microsoft.Extensions.Logging;
using Tandem.Components;
using Tandem.Runtime;
using Tandem.Sidecar.Hosting;

namespace Tandem.Sidecar;

/// <summary>
/// Hosts the sidecars of one or many apps in this process: one Kestrel server with the HTTP and metrics listeners of all,
/// components shared where their settings are equal, invocation from app to app without a second hop.
/// </summary>
public sealed class SidecarHost : IAsyncDisposable
{
    private readonly HostServices _services;
    private readonly KestrelListeners _listeners;
    private readonly List<SidecarInstance> _sidecars = [];
    private bool _started;
    private bool _stopped;

    /// <summary>Makes a host that knows the built-in components.</summary>
    /// <param name="loggerFactory">Where the sidecars log; each line carries its app ID as scope (<see cref="Runtime.Logging.AppScope"/>).</param>
    /// <param name="timeProvider">The clock.</param>
    public SidecarHost(ILoggerFactory loggerFactory, TimeProvider timeProvider)
        : this(loggerFactory, timeProvider, BuiltInComponents.CreateCatalog())
    {
    }

    /// <summary>Makes a host with the given components.</summary>
    public SidecarHost(ILoggerFactory loggerFactory, TimeProvider timeProvider, ComponentCatalog catalog)
    {
        _services = new HostServices(loggerFactory, timeProvider, catalog);
        _listeners = new KestrelListeners(loggerFactory);
    }

    /// <summary>The sidecars, in the order in which they were added.</summary>
    public IReadOnlyList<ISidecar> Sidecars => _sidecars;

    /// <summary>Completes when a sidecar was told to end by <c>POST /v1.0/shutdown</c>.</summary>
    public Task ShutdownRequested => _services.ShutdownRequested;

    /// <summary>Adds one app's sidecar; before <see cref="StartAsync"/> only.</summary>
    public void Add(SidecarOptions options)
    {
        if (_started)
        {
            throw new InvalidOperationException("A sidecar is added before the host is started.");
        }

        _sidecars.Add(new SidecarInstance(options, _services));
    }

    /// <summary>Loads every sidecar's resources, initialises the components and opens all listeners. It does not wait for the apps.</summary>
    /// <exception cref="SidecarStartException">A resource is broken or a port is taken; all faults together, nothing is left listening.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _started = true;
        var faults = new List<string>();
        foreach (var sidecar in _sidecars)
        {
            if (!_services.Local.TryAdd((sidecar.Options.Namespace, sidecar.Options.AppId), sidecar))
            {
                faults.Add($"app '{sidecar.Options.AppId}' is there twice in namespace '{sidecar.Options.Namespace}'");
            }

            sidecar.AddListeners(_listeners);
        }

        faults.AddRange(_listeners.FindTakenPorts());
        foreach (var found in await Task.WhenAll(_sidecars.Select(sidecar => sidecar.InitializeAsync(cancellationToken))).ConfigureAwait(false))
        {
            faults.AddRange(found);
        }

        if (faults.Count == 0)
        {
            try
            {
                await _listeners.StartAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                faults.Add(exception.Message);
            }
        }

        if (faults.Count > 0)
        {
            await DisposeAsync().ConfigureAwait(false);
            throw new SidecarStartException([.. faults.Distinct(StringComparer.Ordinal)]);
        }

        foreach (var sidecar in _sidecars)
        {
            await sidecar.StartAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Takes in nothing new from brokers and bindings, and goes on to serve the apps' own calls until the time is over or an app is not
    /// healthy any more: an app that is told to end at the same moment can use its sidecar to the last.
    /// </summary>
    public Task HoldShutdownAsync(TimeSpan longest, CancellationToken cancellationToken)
        => Task.WhenAll(_sidecars.Select(sidecar => sidecar.HoldShutdownAsync(longest, cancellationToken)));

    /// <summary>Stops deliveries, lets running calls end within the graceful time, closes components and listeners.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        var graceful = _sidecars.Select(static sidecar => sidecar.Options.GracefulShutdown).DefaultIfEmpty(TimeSpan.Zero).Max();
        using var deadline = new CancellationTokenSource(graceful, _services.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await Task.WhenAll(_sidecars.Select(sidecar => sidecar.StopDeliveriesAsync(either.Token))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listeners.StopAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var sidecar in _sidecars)
        {
            await sidecar.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _listeners.DisposeAsync().ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>The sidecars could not start. Each fault is one clear line that names the file, the resource and the field.</summary>
public sealed class SidecarStartException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>All that was found wrong.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
