using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tandem.Components.Tests.Secrets;

/// <summary>Vault's key-value engine as far as the store reads it: checks the token, the namespace and the paths.</summary>
internal sealed class VaultDouble : IAsyncDisposable
{
    private static readonly string[] Denied = ["1 error occurred:\n\t* permission denied\n\n"];

    private readonly WebApplication _server;

    private VaultDouble(WebApplication server) => _server = server;

    public string Token { get; set; } = "hvs.tandem";

    public string? Namespace { get; set; }

    /// <summary>Secrets by their path behind the engine's.</summary>
    public Dictionary<string, JsonNode?> Secrets { get; } = [];

    public string Engine { get; set; } = "secret";

    public Uri Address => new(_server.Urls.First());

    public static async Task<VaultDouble> StartAsync(System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(options => options.ConfigureHttpsDefaults(https => https.ServerCertificate = certificate));
        }

        var server = builder.Build();
        server.Urls.Add(certificate is null ? "http://127.0.0.1:0" : "https://127.0.0.1:0");
        var vault = new VaultDouble(server);
        server.Run(vault.HandleAsync);
        await server.StartAsync();
        return vault;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private Task HandleAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value!;
        if (path == "/v1/sys/health")
        {
            return Results.Json(new { initialized = true }).ExecuteAsync(context);
        }

        if (request.Headers["X-Vault-Token"] != Token || request.Headers["X-Vault-Request"] != "true" || request.Headers["X-Vault-Namespace"].ToString() != (Namespace ?? ""))
        {
            return Results.Json(new { errors = Denied }, statusCode: 403).ExecuteAsync(context);
        }

        var data = $"/v1/{Engine}/data/";
        if (request.Method == "GET" && path.StartsWith(data, StringComparison.Ordinal) && Secrets.TryGetValue(path[data.Length..], out var secret))
        {
            return Results.Json(new JsonObject { ["data"] = new JsonObject { ["data"] = secret?.DeepClone(), ["metadata"] = new JsonObject { ["version"] = 1 } } }).ExecuteAsync(context);
        }

        var metadata = $"/v1/{Engine}/metadata/";
        if (request.Method == "LIST" && path.StartsWith(metadata, StringComparison.Ordinal))
        {
            var folder = path[metadata.Length..].TrimEnd('/');
            folder = folder.Length > 0 ? $"{folder}/" : "";
            var keys = Secrets.Keys.Where(key => key.StartsWith(folder, StringComparison.Ordinal)).Select(key => key[folder.Length..])
                .Select(static rest => rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var at ? rest[..(at + 1)] : rest).Distinct().ToList();
            if (keys.Count > 0)
            {
                return Results.Text(JsonSerializer.Serialize(new { data = new { keys } }), "application/json").ExecuteAsync(context);
            }
        }

        return Results.Json(new { errors = Array.Empty<string>() }, statusCode: 404).ExecuteAsync(context);
    }
}
