using System.Net;
using System.Text.Json;
using Grpc.AspNetCore.Server;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tandem.Interop.Server;

/// <summary>Three servers of the same service: with the usual limits, with large messages, and with replies compressed by gzip.</summary>
internal static class Servers
{
    private const int Large = 64 << 20;

    public static async Task<int> RunAsync(int port)
    {
        var calls = new ObservedCalls();
        var health = new HealthServiceImpl();
        health.SetStatus("", HealthCheckResponse.Types.ServingStatus.Serving);
        health.SetStatus(V1.Interop.Descriptor.FullName, HealthCheckResponse.Types.ServingStatus.Serving);
        var servers = new Dictionary<string, WebApplication>
        {
            ["plain"] = Create(calls, health, port, static _ => { }),
            ["large"] = Create(calls, health, 0, static options => options.MaxReceiveMessageSize = Large),
            ["gzip"] = Create(calls, health, 0, static options =>
            {
                options.MaxReceiveMessageSize = Large;
                options.ResponseCompressionAlgorithm = "gzip";
            }),
        };
        foreach (var server in servers.Values)
        {
            await server.StartAsync();
        }

        var ports = servers.ToDictionary(static each => each.Key, static each => new Uri(each.Value.Urls.First()).Port);
        Console.WriteLine($"listening {JsonSerializer.Serialize(ports)}");
        // A signal to end reaches each of them: all stop to listen, and wait for what is open.
        await Task.WhenAll(servers.Values.Select(static server => server.WaitForShutdownAsync()));
        return 0;
    }

    private static WebApplication Create(ObservedCalls calls, HealthServiceImpl health, int port, Action<GrpcServiceOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            static options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Listen(IPAddress.Loopback, port, static listen => listen.Protocols = HttpProtocols.Http2);
            options.Limits.Http2.MaxStreamsPerConnection = 2000;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
        });
        builder.Services.AddSingleton(calls);
        builder.Services.AddSingleton(health);
        builder.Services.AddGrpc(configure);
        builder.Services.AddGrpcReflection();
        var app = builder.Build();
        app.MapGrpcService<InteropService>();
        app.MapGrpcService<HealthServiceImpl>();
        app.MapGrpcReflectionService();
        return app;
    }
}
