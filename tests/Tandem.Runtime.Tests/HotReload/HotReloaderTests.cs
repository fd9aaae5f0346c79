using Microsoft.Extensions.Logging;
using Tandem.Components.Secrets;
using Tandem.Components.State;
using Tandem.Runtime.Bindings;
using Tandem.Runtime.Components;
using Tandem.Runtime.HotReload;
using Tandem.Runtime.PubSub;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State.Outbox;
using Tandem.Runtime.Tests.Actors;
using Tandem.Runtime.Tests.Support;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.HotReload;

public sealed class HotReloaderTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RecordingLoggers _log = new();
    private readonly FolderWatches _folders = new();
    private readonly SharedComponents _shared = new();
    private ComponentSet _components = null!;
    private SubscriptionManager _subscriptions = null!;
    private HotReloader _reloader = null!;

    public async ValueTask DisposeAsync()
    {
        await _reloader.DisposeAsync();
        await _components.DisposeAsync();
        await _shared.DisposeAsync();
        _folders.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ReloadAsync_FilesAddedChangedAndRemoved_AppliesThemAndLeavesTheRestAlone()
    {
        Write("kept.yaml", Store("kept"));
        Write("changed.yaml", Store("changed"));
        Write("removed.yml", Store("removed"));
        await StartAsync();
        var (kept, changed) = (_components.Find("kept"), _components.Find("changed"));

        Write("added.yaml", Store("added"));
        Write("changed.yaml", Store("changed", "keyPrefix: name"));
        Write("removed.yml", null);

        Assert.True(await _reloader.ReloadAsync(default));
        Assert.Equal(["added", "changed", "kept"], _components.All.Select(static component => component.Name));
        Assert.Same(kept, _components.Find("kept"));
        Assert.NotSame(changed, _components.Find("changed"));
        Assert.Contains("Component removed: removed (state.in-memory)", _log.At(LogLevel.Information));
        Assert.False(await _reloader.ReloadAsync(default));
    }

    [Fact]
    public async Task ReloadAsync_BadFiles_KeepWhatTheyHadAndAreSaidOnce()
    {
        Write("store.yaml", Store("store"));
        Write("other.yaml", Store("other"));
        await StartAsync();
        var store = _components.Find("store");

        Write("store.yaml", Store("store").Replace("type:", "typo:", StringComparison.Ordinal));
        Write("other.yaml", Store("other", "keyPrefix: none"));
        Write("new.yaml", Store("new").Replace("state.in-memory", "state.in-memmory", StringComparison.Ordinal));
        await _reloader.ReloadAsync(default);
        await _reloader.ReloadAsync(default);

        Assert.Same(store, _components.Find("store"));
        Assert.Equal("none", _components.Find("other")!.Metadata.GetString("keyPrefix"));
        Assert.Null(_components.Find("new"));
        Assert.Collection(
            _log.At(LogLevel.Error).Order(StringComparer.Ordinal),
            static line => Assert.StartsWith("hot reload: resources/new.yaml:1: Component 'new': spec.type 'state.in-memmory/v1' is not known", line, StringComparison.Ordinal),
            static line => Assert.Equal("hot reload: resources/store.yaml:1: Component 'store': spec.type is required; the last good state stays", line));

        Write("store.yaml", Store("store", "keyPrefix: name"));
        Assert.True(await _reloader.ReloadAsync(default));
        Assert.Equal("name", _components.Find("store")!.Metadata.GetString("keyPrefix"));
    }

    [Fact]
    public async Task ReloadAsync_FolderGone_KeepsEverything()
    {
        Write("store.yaml", Store("store"));
        await StartAsync();

        Directory.Delete(_folder["resources"], recursive: true);
        await _reloader.ReloadAsync(default);

        Assert.NotNull(_components.Find("store"));
        Assert.Contains("--resources-path 'resources' does not exist", Assert.Single(_log.At(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "spec.metadata actorStateStore")]
    [InlineData(false, "can only be removed with a restart")]
    public async Task ReloadAsync_ActorStateStore_IsRefused(bool change, string expected)
    {
        Write("actors.yaml", Store("actors", "actorStateStore: \"true\""));
        await StartAsync();
        var actors = _components.ActorStateStore;

        Write("actors.yaml", change ? Store("actors", "actorStateStore: \"true\"", "keyPrefix: none") : null);
        await _reloader.ReloadAsync(default);

        Assert.Same(actors, _components.ActorStateStore);
        Assert.Contains(expected, Assert.Single(_log.At(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReloadAsync_TwoFilesWithOneName_TheOneThatWasThereStays()
    {
        Write("b.yaml", Store("store"));
        await StartAsync();
        var store = _components.Find("store");

        Write("a.yaml", Store("store", "keyPrefix: none"));
        await _reloader.ReloadAsync(default);

        Assert.Same(store, _components.Find("store"));
        Assert.Contains("a.yaml:1: Component 'store': metadata.name is already taken by resources/b.yaml:1", Assert.Single(_log.At(LogLevel.Error)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReloadAsync_SecretChanged_ReplacesTheComponentThatReadsIt()
    {
        await File.WriteAllTextAsync(_folder["secrets.json"], """{"prefix":"one"}""");
        Write("vault.yaml", Component("vault", "secretstores.local.file", "secretsFile: secrets.json"));
        Write("store.yaml", Store("store") + "  metadata:\n  - name: keyPrefix\n    secretKeyRef: { name: prefix, key: prefix }\nauth: { secretStore: vault }\n");
        await StartAsync();
        var vault = _components.Find("vault");
        Assert.Equal("one", _components.Find("store")!.Metadata.GetString("keyPrefix"));

        await File.WriteAllTextAsync(_folder["secrets.json"], """{"prefix":"two"}""");
        Assert.True(await _reloader.ReloadAsync(default));
        Assert.Equal("two", _components.Find("store")!.Metadata.GetString("keyPrefix"));
        Assert.Same(vault, _components.Find("vault"));

        await File.WriteAllTextAsync(_folder["secrets.json"], "{");
        Assert.False(await _reloader.ReloadAsync(default));
        Assert.Contains("metadata field 'secretsFile' names", Assert.Single(_log.At(LogLevel.Error)), StringComparison.Ordinal);
        Assert.NotNull(await ((ISecretStore)vault!.Instance).GetAsync("prefix", default));
    }

    [Fact]
    public async Task ReloadAsync_PubSubReplaced_ItsSubscriptionsReadFromTheNewOne()
    {
        Write("bus.yaml", Component("bus", "pubsub.in-memory"));
        Write("other.yaml", Component("other", "pubsub.in-memory"));
        Write("subscriptions.yaml", Subscription("bus", "a", "/a") + "---\n" + Subscription("other", "b", "/b"));
        await StartAsync();
        await _subscriptions.ApplyAsync([], default);
        Assert.Equal(2, _subscriptions.Active.Count);

        Write("bus.yaml", Component("bus", "pubsub.in-memory", "concurrency: \"1\""));
        Assert.True(await _reloader.ReloadAsync(default));
        Assert.Equal("b", Assert.Single(_subscriptions.Active).Subscription.Topic);
        Assert.True(await _subscriptions.ApplyAsync([], default));
        Assert.Equal(2, _subscriptions.Active.Count);

        Write("subscriptions.yaml", Subscription("bus", "a", "/moved"));
        Assert.True(await _reloader.ReloadAsync(default));
        Assert.Empty(_subscriptions.Active);
        Assert.True(await _subscriptions.ApplyAsync([], default));
        Assert.Equal("/moved", Assert.Single(_subscriptions.Active).Subscription.DefaultRoute);
    }

    [Fact]
    public async Task Start_FileRenamedIntoPlace_IsApplied()
    {
        Write("store.yaml", Store("store"));
        await StartAsync();
        var changed = new TaskCompletionSource();
        _reloader.Start(changed.SetResult);

        await File.WriteAllTextAsync(_folder["resources/.store.yaml.swp"], Store("store", "keyPrefix: name"));
        File.Move(_folder["resources/.store.yaml.swp"], _folder["resources/store.yaml"], overwrite: true);

        await changed.Task.WithinAsync();
        Assert.Equal("name", _components.Find("store")!.Metadata.GetString("keyPrefix"));
        Assert.IsAssignableFrom<IStateStore>(_components.Find("store")!.Instance);
    }

    private static string Store(string name, params string[] metadata) => Component(name, "state.in-memory", metadata);

    private static string Component(string name, string type, params string[] metadata)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\nspec:\n  type: {type}\n  version: v1\n"
            + (metadata.Length == 0 ? "" : "  metadata:\n" + string.Concat(metadata.Select(static entry => entry.Split(": ")).Select(static entry => $"  - name: {entry[0]}\n    value: {entry[1]}\n")));

    private static string Subscription(string pubSub, string topic, string route)
        => $"apiVersion: dapr.io/v1alpha1\nkind: Subscription\nmetadata: {{ name: {topic} }}\nspec: {{ pubsubname: {pubSub}, topic: {topic}, route: {route} }}\n";

    private void Write(string name, string? text)
    {
        Directory.CreateDirectory(_folder["resources"]);
        var path = _folder[$"resources/{name}"];
        if (text is null)
        {
            File.Delete(path);
        }
        else
        {
            File.WriteAllText(path, text);
        }
    }

    private async Task StartAsync()
    {
        var options = new SidecarOptions { AppId = "app", BaseDirectory = _folder["."], ResourcesPaths = ["resources"] };
        var faults = new ResourceFaults();
        var resources = ResourceLoader.Load(options, faults);
        var loader = new ComponentLoader(options, BuiltInComponents.CreateCatalog(), _shared, TimeProvider.System, _log);
        _components = await loader.LoadAsync(resources, faults, default);
        Assert.Empty(faults.Lines);
        var policies = new ResiliencyPolicies([], TimeProvider.System);
        var app = new FakeApp();
        _subscriptions = new SubscriptionManager(options, _components, policies, resources.Subscriptions, app, TimeProvider.System, _log);
        var bindings = new InputBindings(_components, policies, app, TimeProvider.System, _log.CreateLogger<InputBindings>());
        var outboxes = new StateOutboxes(options, _components, policies, TimeProvider.System, _log);
        _reloader = new HotReloader(options, _folders, loader, _components, _subscriptions, bindings, outboxes, resources, TimeProvider.System, _log.CreateLogger<HotReloader>());
    }
}
