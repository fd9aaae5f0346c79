using System.Net;
using System.Text;
using Dapr.Jobs.Extensions;
using Dapr.Sdk.Tests.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Testing;

namespace Dapr.Sdk.Tests.Jobs;

public sealed class JobHandlerTests : AppTest
{
    private readonly TaskCompletionSource<string> _called = new();

    [Fact]
    public async Task Handler_NamePayloadAndServices_AreGiven()
    {
        await StartAsync(
            app => app.MapDaprScheduledJobHandler(async (string name, ReadOnlyMemory<byte> payload, Greeting greeting, CancellationToken token) =>
            {
                await Task.Yield();
                _called.SetResult($"{greeting.Text} {name}: {Encoding.UTF8.GetString(payload.Span)}, {token.CanBeCanceled}");
            }),
            static builder => builder.Services.AddSingleton(new Greeting("hello")));

        using var response = await Http.PostAsync(new Uri("/job/tidy", UriKind.Relative), new StringContent("now"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("hello tidy: now, True", await _called.Task.WithinAsync());
    }

    [Fact]
    public async Task Handler_Throws_IsAnErrorForTheSidecar()
    {
        await StartAsync(static app => app.MapDaprScheduledJobHandler((Action)(static () => throw new InvalidOperationException("no"))), static _ => { });

        using var response = await Http.PostAsync(new Uri("/job/tidy", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    private sealed record Greeting(string Text);
}
