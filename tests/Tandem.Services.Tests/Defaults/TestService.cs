using System.Data.Common;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>A service with nothing but the defaults, put together by a test.</summary>
internal sealed class TestService : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly WebApplication _app;

    private TestService(WebApplication app, DirectoryInfo data, FakeSidecar sidecar)
    {
        _app = app;
        _data = data;
        Sidecar = sidecar;
    }

    public FakeSidecar Sidecar { get; }

    public IServiceProvider Services => _app.Services;

    public Database Database => _app.Services.GetRequiredService<Database>();

    public Outbox Outbox => _app.Services.GetRequiredService<Outbox>();

    public HttpClient Client => _app.GetTestClient();

    public static async Task<TestService> StartAsync(
        Action<WebApplication>? map = null, Action<WebApplicationBuilder>? configure = null, TimeProvider? time = null, string database = "test-db", bool waitUntilReady = true, Dictionary<string, string?>? settings = null)
    {
        var sidecar = new FakeSidecar();
        await sidecar.StartAsync();
        var data = Directory.CreateTempSubdirectory("tandem-defaults-");
        sidecar.DataDirectory = data.FullName;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DAPR_HTTP_ENDPOINT"] = sidecar.Address,
            ["DAPR_GRPC_ENDPOINT"] = sidecar.GrpcAddress,
            ["TANDEM_DATA_DIR"] = data.FullName,
            ["LOG_LEVEL"] = "warn",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults("test", defaultPort: 9999);
        builder.AddDatabase(database);
        builder.AddIdempotency();
        if (time is not null)
        {
            builder.Services.Replace(ServiceDescriptor.Singleton(time));
        }

        configure?.Invoke(builder);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDefaultEndpoints();
        map?.Invoke(app);
        await app.StartAsync();
        var service = new TestService(app, data, sidecar);
        if (waitUntilReady)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await app.Services.GetRequiredService<Readiness>().WhenReadyAsync(patience.Token);
            await service.Database.WriteAsync(CreateEffectsAsync, patience.Token);
        }

        return service;
    }

    public static Task AddEffectAsync(DbTransaction tx, string what)
        => tx.Connection!.ExecuteAsync("INSERT INTO effects (what) VALUES (@what)", new { what }, tx);

    public async Task<IReadOnlyList<string>> EffectsAsync()
    {
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        return (await connection.QueryAsync<string>("SELECT what FROM effects ORDER BY position")).AsList();
    }

    public async Task<long> CountAsync(string table)
    {
        await using var connection = await Database.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
    }

    private static Task CreateEffectsAsync(DbTransaction tx) => tx.Connection!.ExecuteAsync(
        tx.Connection is NpgsqlConnection
            ? "CREATE TABLE IF NOT EXISTS effects (position BIGINT GENERATED ALWAYS AS IDENTITY, what TEXT NOT NULL)"
            : "CREATE TABLE IF NOT EXISTS effects (position INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL)",
        transaction: tx);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Sidecar.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
