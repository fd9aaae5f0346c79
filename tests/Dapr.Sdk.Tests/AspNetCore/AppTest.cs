using System.Net.Http.Headers;
using System.Text;
using Dapr.Sdk.Tests.Doubles;
using Microsoft.AspNetCore.Builder;

namespace Dapr.Sdk.Tests.AspNetCore;

/// <summary>An app as the sidecar sees it.</summary>
public abstract class AppTest : IAsyncDisposable
{
    private WebApplication? _app;

    protected HttpClient Http { get; private set; } = null!;

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected async Task StartAsync(Action<WebApplication> map, Action<WebApplicationBuilder>? build = null)
    {
        var builder = LoopbackServer.CreateBuilder();
        build?.Invoke(builder);
        _app = builder.Build();
        map(_app);
        Http = new HttpClient { BaseAddress = await _app.StartAtFreePortAsync() };
    }

    protected Task<HttpResponseMessage> PostAsync(string path, string body, string contentType, Encoding? encoding = null)
    {
        var content = new ByteArrayContent((encoding ?? Encoding.UTF8).GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return Http.PostAsync(new Uri(path, UriKind.Relative), content);
    }
}
