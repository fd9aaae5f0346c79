using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Support;

/// <summary>An HTTP server on a port of its own, which answers as a test says: an app, or what else is called over HTTP.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestApp(WebApplication app, int port)
    {
        _app = app;
        Port = port;
    }

    public int Port { get; }

    public static Task<TestApp> StartAsync(RequestDelegate answer, CancellationToken cancellationToken = default)
        => StartAsync(answer, HttpProtocols.Http1, static _ => { }, cancellationToken);

    public static async Task<TestApp> StartAsync(RequestDelegate answer, HttpProtocols protocols, Action<ListenOptions> listen, CancellationToken cancellationToken = default)
    {
        var port = FreePorts.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.ListenLocalhost(port, endpoint =>
        {
            endpoint.Protocols = protocols;
            listen(endpoint);
        }));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync(cancellationToken);
        return new TestApp(app, port);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
