using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.ServiceDefaults;

/// <summary>Where a service listens: loopback, on the port that its environment names.</summary>
internal static partial class Listener
{
    private const string GrpcPort = "GRPC_PORT";

    /// <summary>As much as a sidecar delivers by default; endpoints that need less say so themselves.</summary>
    private const long MaxRequestBodySize = 4 * 1024 * 1024;

    public static void AddListener(this WebApplicationBuilder builder, int defaultPort)
    {
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
        {
            var port = PortOf(builder.Configuration, "APP_PORT") ?? PortOf(builder.Configuration, "PORT") ?? defaultPort;
            builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        }

        builder.Services.Configure<KestrelServerOptions>(static options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequestBodySize;
        });
        builder.Services.Configure<HostOptions>(static options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));
    }

    /// <summary>
    /// A port for gRPC alone on each address that HTTP listens on, and both on HTTP's own ports. Kestrel takes either addresses or endpoints, so
    /// the addresses become endpoints here; one that names gRPC's port is meant for gRPC.
    /// </summary>
    public static void AddGrpcListener(this WebApplicationBuilder builder, int defaultPort)
    {
        var chosen = PortOf(builder.Configuration, GrpcPort);
        var port = chosen ?? defaultPort;
        BindingAddress[] addresses =
        [
            .. builder.Configuration[WebHostDefaults.ServerUrlsKey]!
                .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(BindingAddress.Parse)
                .Where(address => address.Port != port),
        ];
        builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "");
        builder.WebHost.UseSetting(WebHostDefaults.HttpPortsKey, "");
        builder.Services.AddSingleton<IConnectionListenerFactory, Http2ListenerFactory>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<ILoggerFactory>((options, loggers) =>
        {
            var http2 = new Http2EndPoint();
            foreach (var address in addresses)
            {
                options.Listen(address, address.Port, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.UsePriorKnowledge(http2);
                });
            }

            foreach (var address in addresses.DistinctBy(static address => address.Host))
            {
                if (chosen is null && IsTaken(port))
                {
                    Log.PortTaken(loggers.CreateLogger(typeof(Listener)), port, GrpcPort);
                    continue;
                }

                options.Listen(address, port, static listen => listen.Protocols = HttpProtocols.Http2);
            }

            options.Listen(http2, static listen => listen.Protocols = HttpProtocols.Http2);
        });
    }

    private static void Listen(this KestrelServerOptions options, BindingAddress address, int port, Action<ListenOptions> configure)
    {
        if (!string.Equals(address.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || address.IsUnixPipe || address.IsNamedPipe)
        {
            throw new InvalidOperationException($"A service listens on http://HOST:PORT and leaves TLS to its sidecar; \"{address}\" is something else.");
        }

        if (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            options.ListenLocalhost(port, configure);
        }
        else if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip))
        {
            options.Listen(ip, port, configure);
        }
        else
        {
            options.ListenAnyIP(port, configure);
        }
    }

    /// <summary>
    /// The default ports lie where the system takes the ports of outgoing connections from: one of these may sit on it for a minute after its end.
    /// That must not keep a service from starting whose gRPC comes to its HTTP port anyway. A port that somebody chose is another matter.
    /// </summary>
    private static bool IsTaken(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return true;
        }
    }

    private static int? PortOf(ConfigurationManager configuration, string name)
    {
        var text = configuration[name];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new InvalidOperationException($"{name} is \"{text}\"; expected a port from 1 to 65535.");
    }

    private static partial class Log
    {
        [LoggerMessage(5021, LogLevel.Warning, "Port {Port} is taken, so gRPC is on the HTTP port alone; {Setting} moves it")]
        public static partial void PortTaken(ILogger logger, int port, string setting);
    }
}
