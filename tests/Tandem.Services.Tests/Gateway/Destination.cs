using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Testing;

namespace Tandem.Services.Tests.Gateway;

/// <summary>A real server behind the gateway. It tells what it was asked, unless a test gives it something else to do.</summary>
internal sealed class Destination : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Destination(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    public static async Task<Destination> StartAsync(string name = "", RequestDelegate? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(answer ?? (context => TellAsync(context, name)));
        await app.StartAsync();
        return new Destination(app);
    }

    /// <summary>An address at which nobody listens.</summary>
    public static Task<string> DeadUrlAsync() => Task.FromResult($"http://127.0.0.1:{FreePorts.Take()}");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task TellAsync(HttpContext context, string name)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var headers = context.Request.Headers.ToDictionary(static h => h.Key.ToLowerInvariant(), static h => h.Value.ToString());
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            name,
            method = context.Request.Method,
            path = context.Request.Path.Value,
            query = context.Request.QueryString.Value,
            body,
            headers,
        }));
    }
}
