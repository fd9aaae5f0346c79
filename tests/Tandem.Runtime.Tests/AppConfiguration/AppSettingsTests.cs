using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.Configuration;
using Tandem.Components.Metadata;
using Tandem.Runtime.AppConfiguration;
using Tandem.Runtime.Components;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.Tests.Actors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.AppConfiguration;

public sealed class AppSettingsTests : IAsyncLifetime
{
    private readonly Store _store = new();
    private readonly FakeApp _app = new();
    private readonly AppSettings _settings;

    public AppSettingsTests() => _settings = Create(_app, _store);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _settings.DisposeAsync();

    [Theory]
    [InlineData(true, 400, "ERR_CONFIGURATION_STORE_NOT_FOUND")]
    [InlineData(false, 500, "ERR_CONFIGURATION_STORE_NOT_CONFIGURED")]
    public async Task Get_UnknownStore_IsRefused(bool hasAny, int status, string code)
    {
        await using var settings = hasAny ? Create(_app, _store) : Create(_app);
        var refusal = await Assert.ThrowsAsync<DaprException>(() => settings.GetAsync("nothing", [], default).AsTask());
        Assert.Equal((status, code), (refusal.Error.Status, refusal.Error.Code));
    }

    [Fact]
    public async Task Get_StoreFails_SaysWhichAndWhy()
    {
        _store.Fault = new IOException("the wire is cut");
        var refusal = await Assert.ThrowsAsync<DaprException>(() => _settings.GetAsync("store", ["a"], default).AsTask());
        Assert.Equal((500, "ERR_CONFIGURATION_GET"), (refusal.Error.Status, refusal.Error.Code));
        Assert.Contains("'store'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("the wire is cut", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscribe_NoApp_IsRefused()
    {
        await using var settings = Create(new FakeApp { IsConfigured = false }, _store);
        var refusal = await Assert.ThrowsAsync<DaprException>(() => settings.SubscribeAsync("store", ["a"], default).AsTask());
        Assert.Equal("ERR_APP_CHANNEL_NIL", refusal.Error.Code);
    }

    [Fact]
    public async Task Subscribe_KeyChanges_AppIsPostedTheItem()
    {
        var id = await _settings.SubscribeAsync("store", ["a b"], default);
        await _store.ChangeAsync("a b", new ConfigurationItem("1", "v1"));
        await _store.ChangeAsync("a b", null);

        Assert.Equal(
            [
                ("/configuration/store/a%20b", $$$$"""{"id":"{{{{id}}}}","items":{"a b":{"value":"1","version":"v1"}}}"""),
                ("/configuration/store/a%20b", $$$$"""{"id":"{{{{id}}}}","items":{"a b":{}}}"""),
            ],
            _app.All.Select(static request => (request.Path, request.Body)));
        Assert.All(_app.All, static request => JsonDocument.Parse(request.Body).Dispose());
    }

    [Fact]
    public async Task Subscribe_AppRefusesAChange_TheNextOneComes()
    {
        await _settings.SubscribeAsync("store", [], default);
        _app.Answer = static _ => FakeApp.Ok(status: HttpStatusCode.InternalServerError);
        await _store.ChangeAsync("a", new ConfigurationItem("1", ""));
        _app.Answer = static _ => FakeApp.Ok();
        await _store.ChangeAsync("a", new ConfigurationItem("2", ""));

        Assert.Equal(2, _app.All.Count);
    }

    [Fact]
    public async Task Subscribe_AppIsAway_TheChangeWaits()
    {
        await _settings.SubscribeAsync("store", [], default);
        _app.GoDown();
        var telling = _store.ChangeAsync("a", new ConfigurationItem("1", "")).AsTask();
        Assert.False(telling.IsCompleted);

        _app.ComeUp();
        await telling.WithinAsync();
        Assert.Single(_app.All);
    }

    [Fact]
    public async Task Unsubscribe_EndsTheSubscriptionOnce()
    {
        var id = await _settings.SubscribeAsync("store", [], default);
        Assert.Null(await _settings.UnsubscribeAsync("store", id));
        Assert.Equal(0, _store.Subscriptions);
        Assert.NotNull(await _settings.UnsubscribeAsync("store", id));
    }

    [Fact]
    public async Task Dispose_EndsAllSubscriptions()
    {
        await _settings.SubscribeAsync("store", [], default);
        await _settings.SubscribeAsync("store", ["a"], default);
        await _settings.DisposeAsync();

        Assert.Equal(0, _store.Subscriptions);
    }

    private static AppSettings Create(FakeApp app, params Store[] stores) => new(
        new ComponentSet([.. stores.Select(static store => new LoadedComponent(
            new ComponentResource { Id = new ResourceId("x.yaml", 1, "Component", "store"), Type = "configuration.x", Version = "v1", Metadata = [] },
            new ComponentMetadata(new Dictionary<string, string>()),
            store))]),
        new ResiliencyPolicies([], TimeProvider.System),
        app,
        TimeProvider.System,
        NullLogger<AppSettings>.Instance);

    private sealed class Store : IConfigurationStore
    {
        private readonly List<ConfigurationHandler> _handlers = [];

        public Exception? Fault { get; set; }

        public int Subscriptions => _handlers.Count;

        public ValueTask<IReadOnlyDictionary<string, ConfigurationItem>> GetAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
            => Fault is null ? ValueTask.FromResult<IReadOnlyDictionary<string, ConfigurationItem>>(new Dictionary<string, ConfigurationItem>()) : throw Fault;

        public ValueTask<IAsyncDisposable> SubscribeAsync(IReadOnlyList<string> keys, ConfigurationHandler handler, CancellationToken cancellationToken)
        {
            _handlers.Add(handler);
            return ValueTask.FromResult<IAsyncDisposable>(new Ending(() => _handlers.Remove(handler)));
        }

        public ValueTask ChangeAsync(string key, ConfigurationItem? item) => _handlers.Single()(key, item, default);
    }

    private sealed class Ending(Action end) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            end();
            return ValueTask.CompletedTask;
        }
    }
}
