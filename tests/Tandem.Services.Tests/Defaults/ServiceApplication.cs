using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Contract;

namespace Tandem.Services.Tests.Defaults;

/// <summary>
/// A service in memory with a real database of its own and a fake sidecar beside it. Use it as a class fixture, or create one in a test
/// with <see cref="StartAsync"/>.
/// </summary>
/// <typeparam name="TEntry">Any type of the service's assembly.</typeparam>
public class ServiceApplication<TEntry> : WebApplicationFactory<TEntry>, IAsyncLifetime
    where TEntry : class
{
    /// <summary>The longest that a test waits for anything.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private const string AppToken = "the-app-token-of-these-tests";
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("tandem-services-");
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>The sidecar: what the service published and stored, and what other services answer.</summary>
    public FakeSidecar Sidecar { get; } = new();

    /// <summary>What the service wrote to its log.</summary>
    public CapturedLogs Logs { get; } = new();

    /// <summary>The service's clock when a test wants to move it; set it before the start.</summary>
    public ManualTimeProvider? Clock { get; init; }

    /// <summary>The service's data directory.</summary>
    public string DataDirectory => _data.FullName;

    /// <summary>A setting of the service, such as an environment variable; set it before the start.</summary>
    public ServiceApplication<TEntry> With(string key, string value)
    {
        _settings[key] = value;
        if (key is "TANDEM_DATA_DIR")
        {
            // Its databases are those of this folder.
            Sidecar.DataDirectory = value;
        }

        return this;
    }

    /// <summary>Starts the sidecar and the service, and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        Sidecar.DataDirectory = _settings.GetValueOrDefault("TANDEM_DATA_DIR", _data.FullName);
        await Sidecar.StartAsync();
        using var patience = new CancellationTokenSource(Deadline);
        await Services.GetRequiredService<Readiness>().WhenReadyAsync(patience.Token);
    }

    /// <summary>A client without a user.</summary>
    public HttpClient CreateAnonymousClient() => CreateClient();

    /// <summary>A signed-in user's client; without roles a customer's.</summary>
    public HttpClient CreateClient(string userId, params string[] roles)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create(userId, roles));
        return client;
    }

    /// <summary>A client of an admin.</summary>
    public HttpClient CreateAdminClient() => CreateClient(Ids.New(), TandemClaims.AdminRole);

    /// <summary>Another service that calls through the sidecars.</summary>
    public HttpClient CreateServiceClient(string callerAppId)
    {
        var client = CreateSidecarClient();
        client.DefaultRequestHeaders.Add("dapr-caller-app-id", callerAppId);
        return client;
    }

    /// <summary>The service's own sidecar: deliveries, actor turns, bindings.</summary>
    public HttpClient CreateSidecarClient()
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Add("dapr-api-token", AppToken);
        return client;
    }

    /// <summary>Delivers an event as the sidecar does and answers what the service said.</summary>
    /// <param name="e">The event.</param>
    /// <param name="eventId">Its id; the same id again is the same event again.</param>
    /// <param name="time">When it was published.</param>
    public async Task<HttpResponseMessage> TryDeliverAsync(IntegrationEvent e, string? eventId = null, DateTimeOffset? time = null)
    {
        using var client = CreateSidecarClient();
        var envelope = new Dictionary<string, object?>
        {
            ["specversion"] = "1.0",
            ["id"] = eventId ?? Ids.New(),
            ["type"] = e.GetType().Name,
            ["source"] = "tests",
            ["subject"] = e.Subject,
            ["time"] = (time ?? Clock?.GetUtcNow() ?? DateTimeOffset.UtcNow).ToString("O", CultureInfo.InvariantCulture),
            ["datacontenttype"] = "application/json",
            ["pubsubname"] = Topics.PubSub,
            ["topic"] = e.Topic,
            ["data"] = JsonSerializer.SerializeToElement(e, e.GetType(), ServiceJson.Options),
        };
        using var content = JsonContent.Create(envelope, new MediaTypeHeaderValue("application/cloudevents+json"));
        return await client.PostAsync(new Uri($"/events/{e.Topic}", UriKind.Relative), content);
    }

    /// <summary>Delivers an event and fails unless the service acknowledged it.</summary>
    public async Task DeliverAsync(IntegrationEvent e, string? eventId = null, DateTimeOffset? time = null)
    {
        using var response = await TryDeliverAsync(e, eventId, time);
        Assert.True(response.IsSuccessStatusCode, $"{e.GetType().Name} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    Task IAsyncLifetime.InitializeAsync() => StartAsync();

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sidecar.DisposeAsync();
        _data.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Replaces services of the application; called before the host is built.</summary>
    protected virtual void ConfigureServices(IServiceCollection services)
    {
    }

    /// <inheritdoc/>
    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Testing");
        builder.UseSetting("APP_API_TOKEN", AppToken);
        builder.UseSetting("DAPR_HTTP_ENDPOINT", Sidecar.Address);
        builder.UseSetting("DAPR_GRPC_ENDPOINT", Sidecar.GrpcAddress);
        builder.UseSetting("TANDEM_DATA_DIR", _data.FullName);
        builder.UseSetting("LOG_LEVEL", "warn");
        foreach (var (key, value) in _settings)
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(Logs);
            if (Clock is { } clock)
            {
                services.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock));
            }

            services.RecordRequests();
            ConfigureServices(services);
        });
    }
}
