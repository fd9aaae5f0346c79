using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Testing;

namespace Tandem.Services.Tests.Security;

/// <summary>A service of nothing but the defaults on a real socket, for what a server in memory does not do.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RealServer(WebApplication app, int port)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    public HttpClient Client { get; }

    public static async Task<RealServer> StartAsync(string appId = "test", string? appToken = null, CapturedLogs? logs = null)
    {
        var port = FreePorts.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["APP_PORT"] = $"{port}", ["DAPR_HTTP_PORT"] = "1", ["APP_API_TOKEN"] = appToken });
        builder.AddServiceDefaults(appId, defaultPort: 9999);
        builder.Logging.ClearProviders();
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs);
        }

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        app.MapPost("/echo", static (JsonElement body) => body).AllowAnonymous();
        app.MapPost("/events/anything", static () => "taken").RequireAuthorization(Policies.Sidecar);
        app.MapPost("/services/anything", static () => "taken").RequireAuthorization(Policies.Service);
        app.MapGet("/broken/{id}", static string (string id) => throw new InvalidOperationException("the-password-of-the-database")).AllowAnonymous();
        await app.StartAsync();
        return new RealServer(app, port);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
