using System.Collections.Concurrent;
using System.Net;
using Dapr.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Sdk.Tests.Doubles;

/// <summary>Stands where the sidecar stands, over HTTP and gRPC: records what comes and answers what the test says.</summary>
public sealed class SidecarDouble : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private Func<RecordedRequest, HttpResponse, Task> _answer = static (_, response) =>
    {
        response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    private SidecarDouble(WebApplication app, GrpcSide grpc) => (_app, Grpc) = (app, grpc);

    /// <summary>Where the HTTP API is.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>Where the gRPC API is.</summary>
    public Uri GrpcEndpoint { get; private set; } = null!;

    /// <summary>The gRPC API.</summary>
    public GrpcSide Grpc { get; }

    /// <summary>What came over HTTP.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public RecordedRequest Only => Assert.Single(_requests);

    public static async Task<SidecarDouble> StartAsync()
    {
        var grpc = new GrpcSide();
        var builder = LoopbackServer.CreateBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc(options => options.Interceptors.Add<GrpcSide.Recorder>(grpc));
        var app = builder.Build();
        var sidecar = new SidecarDouble(app, grpc);
        app.MapGrpcService<GrpcSide.Service>();
        app.MapFallback("{**path}", sidecar.HandleAsync);
        await app.StartAsync();
        var addresses = app.Urls.ToList();
        (sidecar.Endpoint, sidecar.GrpcEndpoint) = (new Uri(addresses[0]), new Uri(addresses[1]));
        return sidecar;
    }

    public SidecarDouble Answers(Func<RecordedRequest, HttpResponse, Task> answer)
    {
        _answer = answer;
        return this;
    }

    public SidecarDouble Answers(int status, string body = "", string contentType = "application/json", params (string Name, string Value)[] headers)
        => Answers(async (_, response) =>
        {
            response.StatusCode = status;
            foreach (var (name, value) in headers)
            {
                response.Headers[name] = value;
            }

            if (body.Length > 0)
            {
                response.ContentType = contentType;
                await response.WriteAsync(body);
            }
        });

    public DaprClientBuilder CreateBuilder() => new DaprClientBuilder().UseHttpEndpoint(Endpoint.AbsoluteUri).UseGrpcEndpoint(GrpcEndpoint.AbsoluteUri);

    public DaprClient CreateClient(string? token = null)
    {
        var builder = CreateBuilder();
        if (token is not null)
        {
            builder.UseDaprApiToken(token);
        }

        return builder.Build();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        var request = await RecordedRequest.ReadAsync(context);
        _requests.Enqueue(request);
        await _answer(request, context.Response);
    }
}
