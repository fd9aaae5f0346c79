using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Defaults;

/// <summary>
/// Dapr's APIs on real ports, as much of them as the services use: over gRPC it records what is published and answers for secrets and
/// bindings, over HTTP it answers for other services.
/// </summary>
public sealed class FakeSidecar : IAsyncDisposable
{
    private readonly ConcurrentQueue<PublishedEvent> _published = new();
    private readonly ConcurrentDictionary<string, Func<InvokedRequest, InvokedAnswer>> _apps = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Binding, string File), byte[]> _files = new();
    private readonly ConcurrentQueue<InvokedRequest> _invoked = new();
    private readonly ConcurrentQueue<BoundRequest> _bound = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;
    private bool _isPublishingDown;
    private bool _areBindingsDown;

    public FakeSidecar()
        => Answer("identity", static request => request.Path == "/.well-known/jwks.json"
            ? InvokedAnswer.Json(TestTokens.Jwks)
            : InvokedAnswer.NotFound);

    /// <summary>Where its HTTP API is.</summary>
    public string Address => Urls.First();

    /// <summary>Where its gRPC API is.</summary>
    public string GrpcAddress => Urls.Last();

    /// <summary>Everything that was published, in the order of its coming.</summary>
    public IReadOnlyList<PublishedEvent> Published => [.. _published];

    /// <summary>Every invocation of another service.</summary>
    public IReadOnlyList<InvokedRequest> Invoked => [.. _invoked];

    /// <summary>Every operation of a binding as it came, without those that failed.</summary>
    public IReadOnlyList<BoundRequest> Bound => [.. _bound];

    /// <summary>What was written through bindings: the data by the name of binding and file.</summary>
    public IReadOnlyDictionary<(string Binding, string File), byte[]> Files => _files;

    private IEnumerable<string> Urls => _app?.Urls ?? throw new InvalidOperationException("The sidecar was not started.");

    /// <summary>While set, publishing fails as with a broker that is down.</summary>
    public bool IsPublishingDown { get => Volatile.Read(ref _isPublishingDown); set => Volatile.Write(ref _isPublishingDown, value); }

    /// <summary>While set, bindings fail.</summary>
    public bool AreBindingsDown { get => Volatile.Read(ref _areBindingsDown); set => Volatile.Write(ref _areBindingsDown, value); }

    /// <summary>The folder of the service beside it; its databases belong to it.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Secrets beside the connection strings, which are always there (<c>x-db</c> is a database of that name).</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <summary>What another service answers when it is invoked.</summary>
    public void Answer(string appId, Func<InvokedRequest, InvokedAnswer> answer) => _apps[appId] = answer;

    /// <summary>The published events of one type, in the order of their coming.</summary>
    public IReadOnlyList<TEvent> PublishedOf<TEvent>()
        where TEvent : IntegrationEvent
        => [.. _published.Where(static e => e.Type == typeof(TEvent).Name).Select(static e => e.As<TEvent>())];

    /// <summary>Waits until such an event was published, and fails when none comes.</summary>
    public async Task<TEvent> WaitForAsync<TEvent>(Func<TEvent, bool>? match = null)
        where TEvent : IntegrationEvent
    {
        TEvent? found = null;
        await WaitUntilAsync(() => (found = PublishedOf<TEvent>().FirstOrDefault(e => match is null || match(e))) is not null, typeof(TEvent).Name);
        return found!;
    }

    /// <summary>Waits until the condition holds; it is looked at after everything that comes to the sidecar.</summary>
    public async Task WaitUntilAsync(Func<bool> condition, string what)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (condition())
            {
                return;
            }

            try
            {
                await changed.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Waited for {what} in vain; published were: {string.Join(", ", _published.Select(static e => e.Type))}");
            }
        }
    }

    public async Task StartAsync()
    {
        if (_app is not null)
        {
            return;
        }

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new FakeDaprService(this));
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<FakeDaprService>();
        app.MapGet("/v1.0/healthz", static () => Results.NoContent());
        app.MapGet("/v1.0/healthz/outbound", static () => Results.NoContent());
        app.Map("/v1.0/invoke/{appId}/method/{**path}", (HttpContext context, string appId, string? path) => InvokeAsync(context, appId, "/" + path));
        app.MapFallback("{**path}", ([FromHeader(Name = "dapr-app-id")] string appId, HttpContext context) => InvokeAsync(context, appId, context.Request.Path.Value!));
        await app.StartAsync();
        _app = app;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is { } app)
        {
            await app.DisposeAsync();
        }
    }

    /// <summary>Takes an event, unless publishing is down.</summary>
    internal bool Publish(PublishedEvent published)
    {
        if (!IsPublishingDown)
        {
            _published.Enqueue(published);
        }

        Changed();
        return !IsPublishingDown;
    }

    /// <summary>A secret, or nothing when there is none of that name.</summary>
    internal string? FindSecret(string key)
        => Secrets.TryGetValue(key, out var value) ? value
            : key.EndsWith("-db", StringComparison.Ordinal) ? TestDatabase.ConnectionString(DataDirectory, key[..^3])
            : null;

    /// <summary>Remembers an operation of a binding.</summary>
    internal void Remember(BoundRequest request) => _bound.Enqueue(request);

    /// <summary>bindings.localstorage: create, get and delete by file name; nothing when there is no such file or operation.</summary>
    internal byte[]? Bind(string binding, string operation, string? fileName, byte[] data)
    {
        var file = fileName ?? Ids.New();
        switch (operation)
        {
            case "create":
                _files[(binding, file)] = Decode(data);
                Changed();
                return JsonSerializer.SerializeToUtf8Bytes(new { fileName = file });
            case "get":
                return _files.GetValueOrDefault((binding, file));
            case "delete":
                _files.TryRemove((binding, file), out _);
                Changed();
                return [];
            default:
                return null;
        }
    }

    private async Task<IResult> InvokeAsync(HttpContext context, string appId, string path)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(static h => h.Key, static h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new InvokedRequest(appId, context.Request.Method, path, context.Request.QueryString.Value ?? "", await reader.ReadToEndAsync(), headers);
        _invoked.Enqueue(request);
        Changed();
        if (!_apps.TryGetValue(appId, out var answer))
        {
            return Results.Json(new { errorCode = "ERR_DIRECT_INVOKE", message = $"no app {appId}" }, statusCode: StatusCodes.Status500InternalServerError);
        }

        var answered = answer(request);
        return answered.Body is null ? Results.StatusCode(answered.Status) : Results.Text(answered.Body, answered.ContentType, statusCode: answered.Status);
    }

    /// <summary>As the component does it: a JSON string stands for its text, and text that is base64 for its bytes.</summary>
    private static byte[] Decode(byte[] data)
    {
        if (data is not [(byte)'"', .., (byte)'"'])
        {
            return data;
        }

        using var text = JsonDocument.Parse(data);
        return text.RootElement.TryGetBytesFromBase64(out var bytes) ? bytes : System.Text.Encoding.UTF8.GetBytes(text.RootElement.GetString()!);
    }

    private void Changed()
        => Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
