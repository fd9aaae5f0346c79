using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Sidecar;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.Hosting;

public sealed class InvocationTests
{
    private static CancellationToken Deadline => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task Invoke_AppOfTheSameHost_CarriesBodyTokenAndTheTrueCaller()
    {
        var appPort = FreePorts.Take();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{appPort}");
        await using var app = builder.Build();
        app.Run(static async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            var headers = http.Request.Headers;
            await http.Response.WriteAsync($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {body} {headers["dapr-caller-app-id"]} {headers["dapr-api-token"]}");
        });
        await app.StartAsync(Deadline);

        await using var host = new SidecarHost(NullLoggerFactory.Instance, TimeProvider.System, BuiltInComponents.CreateCatalog());
        var caller = new SidecarOptions { AppId = "caller", HttpPort = FreePorts.Take(), GrpcPort = 0, MetricsPort = null };
        host.Add(caller);
        host.Add(new SidecarOptions { AppId = "callee", AppPort = appPort, HttpPort = FreePorts.Take(), GrpcPort = 0, MetricsPort = null, AppToken = "app-token" });
        await host.StartAsync(Deadline);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{caller.HttpPort}/v1.0/invoke/callee/method/orders?x=1")
        {
            Content = new StringContent("words", Encoding.UTF8, "text/plain"),
        };
        request.Headers.Add("dapr-caller-app-id", "somebody-else");
        request.Headers.Add("dapr-api-token", "not-the-apps");

        using var answer = await http.SendAsync(request, Deadline);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("POST /orders?x=1 words caller app-token", await answer.Content.ReadAsStringAsync(Deadline));
    }
}
