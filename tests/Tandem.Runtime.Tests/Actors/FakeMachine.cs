using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components.NameResolution;
using Tandem.Components.State;
using Tandem.Runtime.Actors;
using Tandem.Runtime.Actors.Invocation;
using Tandem.Runtime.Actors.Placement;
using Tandem.Runtime.Peers;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Actors;

/// <summary>A machine with sidecars on it: in this process, or (by their address) in others.</summary>
internal sealed class FakeMachine : INameResolver, IPeerChannel, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> _announced = new();
    private readonly List<ActorRuntime> _runtimes = [];
    private readonly ActorDirectory _directory = new();

    public FakeMachine() => Store = new FakeStore(Clock);

    public ManualTimeProvider Clock { get; } = new();

    public FakeStore Store { get; }

    /// <summary>Answers for sidecars of other processes.</summary>
    public Func<string, HttpRequestMessage, Task<HttpResponseMessage>> Peer { get; set; }
        = static (address, _) => throw new PeerUnreachableException(address, new HttpRequestException(HttpRequestError.ConnectionError));

    public static string Hosting(params string[] types) => JsonSerializer.Serialize(new { entities = types });

    /// <summary>A sidecar of a process of its own, or of this one, that hosts nothing yet.</summary>
    public ActorRuntime AddSidecar(FakeApp app, string address = "127.0.0.1:1", ActorDirectory? process = null, IStateStore? store = null, bool withStore = true)
    {
        var runtime = new ActorRuntime(new ActorRuntimeContext
        {
            AppId = "app",
            Namespace = "default",
            App = app,
            Peers = this,
            Directory = process ?? _directory,
            NameResolver = this,
            StateStore = withStore ? new ActorStateStore("store", store ?? Store) : null,
            TimeProvider = Clock,
            LoggerFactory = NullLoggerFactory.Instance,
        });
        runtime.Start(address, new Registration(this, address));
        _runtimes.Add(runtime);
        return runtime;
    }

    /// <summary>A sidecar whose app hosts actors.</summary>
    public async Task<ActorRuntime> AddHostAsync(FakeApp app, string config, string address = "127.0.0.1:1", ActorDirectory? process = null, IStateStore? store = null)
    {
        var runtime = AddSidecar(app, address, process, store);
        await RegisterAsync(runtime, config);
        return runtime;
    }

    public static Task RegisterAsync(ActorRuntime runtime, string config)
    {
        using var document = JsonDocument.Parse(config);
        return runtime.RegisterAsync(ActorAppConfiguration.Parse(document.RootElement), CancellationToken.None).WithinAsync();
    }

    public void Announce(string address, params string[] types) => _announced[address] = types;

    public static ActorCall Call(string type, string id, string method, string body = "", string? reentrancyId = null)
    {
        var headers = new HeaderDictionary();
        if (reentrancyId is not null)
        {
            headers[ActorCall.ReentrancyHeader] = reentrancyId;
        }

        return new(type, id, method) { Body = Encoding.UTF8.GetBytes(body), Headers = headers };
    }

    public ValueTask<INameRegistration> RegisterAsync(AppRegistration registration, CancellationToken cancellationToken)
        => throw new InvalidOperationException("the tests register by hand");

    public ValueTask<string?> ResolveAsync(string appId, string appNamespace, CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask<IReadOnlyList<string>> GetActorHostsAsync(string actorType, string appNamespace, CancellationToken cancellationToken)
        => ValueTask.FromResult<IReadOnlyList<string>>([.. _announced.Where(a => a.Value.Contains(actorType)).Select(static a => a.Key).Order(StringComparer.Ordinal)]);

    public Task<HttpResponseMessage> SendAsync(string address, HttpRequestMessage request, CancellationToken cancellationToken) => Peer(address, request);

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _runtimes)
        {
            await runtime.DisposeAsync();
        }
    }

    private sealed class Registration(FakeMachine machine, string address) : INameRegistration
    {
        public ValueTask SetActorTypesAsync(IReadOnlyList<string> actorTypes, CancellationToken cancellationToken)
        {
            machine._announced[address] = actorTypes;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
