using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.State;
using Tandem.Runtime.Components;
using Tandem.Runtime.Resiliency;
using Tandem.Runtime.Resources;
using Tandem.Runtime.State;
using Tandem.Runtime.State.Outbox;
using Tandem.Sidecar;

namespace Tandem.Runtime.Tests.State;

/// <summary>The state building block of one sidecar, made of component resources as a start makes it. Dispose it as the process's end.</summary>
internal sealed class StateBlocks : IAsyncDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];
    private readonly SharedComponents _shared = new();

    private StateBlocks()
    {
    }

    public StateManager State { get; private set; } = null!;

    public ComponentSet Components { get; private set; } = null!;

    public StateOutboxes Outboxes { get; private set; } = null!;

    public IReadOnlyList<string> Faults { get; private set; } = [];

    /// <param name="folder">Where data and secrets are.</param>
    /// <param name="register">Adds components of the test.</param>
    public static async Task<StateBlocks> StartAsync(
        string folder, IEnumerable<ComponentResource> resources, TimeProvider? time = null, Action<ComponentCatalog>? register = null, string appId = "app")
    {
        var blocks = new StateBlocks();
        var options = new SidecarOptions { AppId = appId, BaseDirectory = folder, DataDirectory = folder };
        var catalog = BuiltInComponents.CreateCatalog();
        register?.Invoke(catalog);
        var faults = new ResourceFaults();
        var loader = new ComponentLoader(options, catalog, blocks._shared, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        var set = new ResourceSet { Components = [.. resources], Subscriptions = [], Resiliencies = [], HttpEndpoints = [], Configuration = new ConfigurationResource() };
        blocks.Components = await loader.LoadAsync(set, faults, CancellationToken.None);
        var policies = new ResiliencyPolicies([], TimeProvider.System);
        blocks.Outboxes = new StateOutboxes(options, blocks.Components, policies, time ?? TimeProvider.System, NullLoggerFactory.Instance);
        await blocks.Outboxes.ApplyAsync(CancellationToken.None);
        blocks.State = new StateManager(options, blocks.Components, policies, blocks.Outboxes);
        blocks.Faults = faults.Lines;
        return blocks;
    }

    public static ComponentResource Component(string name, string type, params (string Name, string Value)[] metadata) => new()
    {
        Id = new ResourceId($"{name}.yaml", 1, "Component", name),
        Type = type,
        Version = "v1",
        Metadata = [.. metadata.Select(static field => new MetadataEntry(field.Name, field.Value))],
    };

    public ValueTask SetAsync(string store, string key, string json)
        => State.SetAsync(store, [new StateSet(key, Encoding.UTF8.GetBytes(json))], CancellationToken.None);

    public async Task<string?> GetAsync(string store, string key)
        => await State.GetAsync(store, key, CancellationToken.None) is { } item ? Encoding.UTF8.GetString(item.Value.Span) : null;

    public ValueTask ExecuteAsync(string store, string operations)
        => State.ExecuteAsync(store, StateRequestReader.ReadOperations(Encoding.UTF8.GetBytes($$"""{"operations":{{operations}}}"""), NoMetadata), CancellationToken.None);

    /// <summary>The keys that a query finds, and the token of the next page.</summary>
    public async Task<(List<string> Keys, string? Token)> QueryAsync(string store, string query)
    {
        var page = await State.QueryAsync(store, Encoding.UTF8.GetBytes(query), CancellationToken.None);
        return ([.. page.Items.Select(static item => item.Key)], page.Token);
    }

    /// <summary>What lies in the store itself.</summary>
    public async Task<string?> StoredAsync(string store, string fullKey)
        => await Components.Find<IStateStore>(store)!.GetAsync(fullKey, CancellationToken.None) is { } item ? Encoding.UTF8.GetString(item.Value.Span) : null;

    public async ValueTask DisposeAsync()
    {
        await Outboxes.DisposeAsync();
        await Components.DisposeAsync();
        await _shared.DisposeAsync();
    }

    public static JsonElement Json(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8);
        return document.RootElement.Clone();
    }
}
