using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tandem.Sidecar.Hosting;

/// <summary>The process's one Kestrel server and its listeners.</summary>
internal sealed class KestrelListeners(ILoggerFactory loggerFactory) : IAsyncDisposable
{
    /// <summary>What a request's head may take beyond <c>--read-buffer-size</c>: 4 KiB, and what another sidecar adds.</summary>
    private const int HeadAllowance = 5 * 1024;

    /// <summary>Streams of a connection that may be open at once. Subscriptions stay open, and a client has one connection for them and all its calls.</summary>
    private const int MostStreams = 10_000;

    // As daprd: a peer that is silent is asked whether it is still there, and is given up when it does not say so.
    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(5);

    private readonly List<Planned> _planned = [];
    private readonly List<(string Path, Listener Listener)> _plannedSockets = [];
    private KestrelServer? _server;

    /// <summary>Plans a listener. Port 0 takes a free one; <paramref name="bound"/> then hears which.</summary>
    public void Add(IPAddress address, int port, string flag, Listener listener, Action<int>? bound = null)
        => _planned.Add(new(address, port, flag, listener, bound));

    /// <summary>Plans a listener on a socket in the file system.</summary>
    public void AddSocket(string path, Listener listener) => _plannedSockets.Add((path, listener));

    /// <summary>Every planned port that cannot be had, each in a line that names the port and the flag.</summary>
    public IReadOnlyList<string> FindTakenPorts()
    {
        var faults = _plannedSockets.Select(static plan => UnixSocketFile.Prepare(plan.Path)).OfType<string>().ToList();
        var seen = new Dictionary<(IPAddress, int), Planned>();
        foreach (var plan in _planned.Where(static plan => plan.Port != 0))
        {
            var app = plan.Listener.Sidecar.Options.AppId;
            if (seen.TryGetValue((plan.Address, plan.Port), out var other))
            {
                faults.Add($"app '{app}': {plan.Flag} {plan.Port} is also {other.Flag} of app '{other.Listener.Sidecar.Options.AppId}'");
                continue;
            }

            seen.Add((plan.Address, plan.Port), plan);
            try
            {
                using var socket = new Socket(plan.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                // As Kestrel does it: a port whose old connections still linger is not taken.
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, !OperatingSystem.IsWindows());
                socket.Bind(new IPEndPoint(plan.Address, plan.Port));
                socket.Listen();
            }
            catch (SocketException exception)
            {
                faults.Add($"app '{app}': port {plan.Port} ({plan.Flag}) on {plan.Address} cannot be listened on: {Reason(exception)}");
            }
        }

        return faults;
    }

    /// <summary>Opens all listeners.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowSynchronousIO = false,
            ApplicationServices = new ServiceCollection().AddSingleton(loggerFactory).BuildServiceProvider(),
        };
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(10);
        options.Limits.MaxRequestBodySize = null;
        options.Limits.Http2.MaxStreamsPerConnection = MostStreams;
        options.Limits.Http2.KeepAlivePingDelay = PingAfter;
        options.Limits.Http2.KeepAlivePingTimeout = PingTimeout;
        var headerLimit = _planned.Select(static plan => plan.Listener.Sidecar.Options.ReadBufferSize).DefaultIfEmpty(4096).Max();
        var headLimit = headerLimit + HeadAllowance;
        options.Limits.MaxRequestHeadersTotalSize = headLimit;
        options.Limits.MaxRequestLineSize = headLimit;
        options.Limits.MaxRequestBufferSize = Math.Max(options.Limits.MaxRequestBufferSize!.Value, headLimit);
        // Header values are forwarded as they came.
        options.RequestHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        options.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions { NoDelay = true }), loggerFactory);
        var http2 = new Http2Handover(sockets, options.Limits.KeepAliveTimeout);
        options.Listen(http2.EndPoint, static listen => listen.Protocols = HttpProtocols.Http2);
        var opened = new List<(Planned Plan, ListenOptions Options)>();
        foreach (var plan in _planned.Where(static plan => plan.Listener.IsWanted))
        {
            options.Listen(plan.Address, plan.Port, listen =>
            {
                listen.Protocols = plan.Listener.Protocols;
                listen.Use(next => connection =>
                {
                    connection.Features.Set(plan.Listener with { });
                    return plan.Listener.Kind is ListenerKind.Api or ListenerKind.Internal ? http2.RunAsync(connection, next) : next(connection);
                });
                opened.Add((plan, listen));
            });
        }

        foreach (var (path, listener) in _plannedSockets)
        {
            options.ListenUnixSocket(path, listen =>
            {
                listen.Protocols = listener.Protocols;
                listen.Use(next => connection =>
                {
                    connection.Features.Set(listener with { });
                    return next(connection);
                });
            });
        }

        _server = new KestrelServer(Options.Create(options), http2, loggerFactory);
        await _server.StartAsync(new SidecarApplication(loggerFactory.CreateLogger<SidecarApplication>()), cancellationToken).ConfigureAwait(false);
        foreach (var (plan, listen) in opened)
        {
            plan.Bound?.Invoke(((IPEndPoint)listen.EndPoint).Port);
        }
    }

    /// <summary>Accepts no more and lets running requests end, until cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            _server.Dispose();
            _plannedSockets.ForEach(static plan => File.Delete(plan.Path));
        }

        return ValueTask.CompletedTask;
    }

    private static string Reason(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "it is already in use",
        SocketError.AccessDenied => "that is not allowed to this user",
        _ => exception.Message,
    };

    private sealed record Planned(IPAddress Address, int Port, string Flag, Listener Listener, Action<int>? Bound);
}
