// The app behind every proxy that is measured: Kestrel with nothing on top of it.
//
//   Tandem.Bench.Backend PORT… [--grpc PORT…]
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tandem.Bench.Backend;

var options = new KestrelServerOptions { AddServerHeader = false };
var protocol = HttpProtocols.Http1;
foreach (var each in args)
{
    if (each == "--grpc")
    {
        protocol = HttpProtocols.Http2;
        continue;
    }

    var spoken = protocol;
    options.Listen(IPAddress.Loopback, int.Parse(each, System.Globalization.CultureInfo.InvariantCulture), listen => listen.Protocols = spoken);
}

using var server = new KestrelServer(
    Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
await server.StartAsync(new BackendApplication(), CancellationToken.None);
Console.WriteLine("listening");
await Task.Delay(Timeout.Infinite);
