using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;
using Tandem.Testing;

namespace Tandem.Components.Tests.Bindings;

public sealed class HttpBindingTests : OutputBindingConformance
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication _server = null!;

    public override async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.Map("/outside/{**rest}", EchoAsync);
        _server.MapGet("/slow", async () => await _release.Task);
        _server.MapGet("/refused", () => Results.Text("refused", statusCode: 418));
        _server.MapGet("/large", () => Results.Text(new string('x', 5000)));
        await _server.StartAsync();
    }

    public override async Task DisposeAsync()
    {
        _release.TrySetResult();
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Task<IOutputBinding> CreateAsync() => Task.FromResult(Create("/outside"));

    [Theory]
    [InlineData("get", "GET")]
    [InlineData("post", "POST")]
    [InlineData("create", "POST")]
    [InlineData("put", "PUT")]
    [InlineData("patch", "PATCH")]
    [InlineData("delete", "DELETE")]
    [InlineData("options", "OPTIONS")]
    public async Task Invoke_Operation_IsTheMethod(string operation, string method)
        => Assert.StartsWith($"{method} /outside", await TextAsync(Create("/outside"), Request(operation, "1")), StringComparison.Ordinal);

    [Fact]
    public async Task Invoke_Answer_HasStatusAndHeadersAsMetadata()
    {
        var response = await Create("/outside").InvokeAsync(Request("get"), default);
        Assert.Equal("200", response!.Metadata["statusCode"]);
        Assert.Equal("200 OK", response.Metadata["status"]);
        Assert.Equal("yes", response.Metadata["X-Echo"]);
        Assert.StartsWith("text/plain", response.Metadata["Content-Type"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_Post_SendsBodyHeadersAndToken()
    {
        var binding = Create("/outside", ("securityToken", "s3cret"), ("securityTokenHeader", "X-Token"));
        var echo = await TextAsync(
            binding,
            Request("post", "{\"n\":1}", ("Content-Type", "application/vnd.test+json"), ("X-Custom", "c"), ("X-Token", "forged"), ("lower", "no")));

        Assert.Contains("body={\"n\":1}", echo, StringComparison.Ordinal);
        Assert.Contains("content-type=application/vnd.test+json", echo, StringComparison.Ordinal);
        Assert.Contains("x-custom=c", echo, StringComparison.Ordinal);
        Assert.Contains("x-token=s3cret", echo, StringComparison.Ordinal);
        Assert.DoesNotContain("forged", echo, StringComparison.Ordinal);
        Assert.DoesNotContain("lower=no", echo, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sub", "/outside/sub")]
    [InlineData("sub/more?q=1&r=2", "/outside/sub/more?q=1&r=2")]
    public async Task Invoke_Path_IsPutBehindTheUrl(string path, string expected)
        => Assert.StartsWith($"GET {expected}\n", await TextAsync(Create("/outside"), Request("get", "", ("path", path))), StringComparison.Ordinal);

    [Theory]
    [InlineData("../refused")]
    [InlineData("a/%2e%2e/%2e%2e/refused")]
    public async Task Invoke_PathThatClimbs_IsRefused(string path)
        => await FailsAsync(Create("/outside"), Request("get", "", ("path", path)));

    [Fact]
    public async Task Invoke_OtherStatus_IsAnErrorUnlessToldOtherwise()
    {
        Assert.Contains("418", (await FailsAsync(Create("/refused"), Request("get"))).Message, StringComparison.Ordinal);

        var lenient = await Create("/refused", ("errorIfNot2XX", "false")).InvokeAsync(Request("get"), default);
        Assert.Equal("418", lenient!.Metadata["statusCode"]);
        Assert.Equal("refused", await TextAsync(Create("/refused"), Request("get", "", ("errorIfNot2XX", "false"))));
    }

    [Fact]
    public async Task Invoke_NoAnswerInTime_SaysSo()
    {
        var time = new ManualTimeProvider();
        var invoking = FailsAsync(Create("/slow", time, ("responseTimeout", "5s")), Request("get"));
        await time.WaitForTimerAsync().WithinAsync();
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.Contains("00:00:05", (await invoking.WithinAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_AnswerTooLarge_SaysSo()
    {
        Assert.Contains("maxResponseBodySize", (await FailsAsync(Create("/large", ("maxResponseBodySize", "4k")), Request("get"))).Message, StringComparison.Ordinal);
        Assert.Equal(5000, (await TextAsync(Create("/large", ("maxResponseBodySize", "5Ki")), Request("get"))).Length);
        Assert.Equal(5000, (await TextAsync(Create("/large", ("maxResponseBodySize", "0")), Request("get"))).Length);
    }

    [Fact]
    public async Task Invoke_NobodyListens_SaysSo()
    {
        await _server.StopAsync();
        await FailsAsync(Create("/outside"), Request("get"));
    }

    [Theory]
    [InlineData("url", "ftp://example.org")]
    [InlineData("url", "")]
    [InlineData("responseTimeout", "soon")]
    [InlineData("maxResponseBodySize", "much")]
    [InlineData("MTLSRenegotiation", "RenegotiateFreelyAsClient")]
    [InlineData("errorIfNot2XX", "perhaps")]
    [InlineData("securityToken", "alone")]
    [InlineData("MTLSClientCert", "nowhere.pem")]
    [InlineData("MTLSRootCA", "nowhere.pem")]
    public void Create_WrongField_IsNamed(string field, string value)
    {
        var metadata = new Dictionary<string, string> { ["url"] = "http://127.0.0.1:1", [field] = value };
        var fault = Assert.Throws<ComponentMetadataException>(() => Contexts.Catalog().Bindings.Create(
            Contexts.Create("bindings.http", Folder.Path, null, [.. metadata.Select(static pair => (pair.Key, pair.Value))])));
        Assert.StartsWith(field, fault.Field, StringComparison.Ordinal);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        context.Response.Headers["X-Echo"] = "yes";
        context.Response.ContentType = "text/plain";
        var headers = string.Join('\n', context.Request.Headers.Select(static header => $"{header.Key.ToLowerInvariant()}={header.Value}"));
        await context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n{headers}\nbody={body}");
    }

    private static async Task<string> TextAsync(IOutputBinding binding, BindingRequest request)
        => Encoding.UTF8.GetString((await binding.InvokeAsync(request, default))!.Data.Span);

    private static Task<BindingException> FailsAsync(IOutputBinding binding, BindingRequest request)
        => Assert.ThrowsAsync<BindingException>(async () => await binding.InvokeAsync(request, default));

    private IOutputBinding Create(string path, params (string Name, string Value)[] metadata) => Create(path, TimeProvider.System, metadata);

    private IOutputBinding Create(string path, TimeProvider timeProvider, params (string Name, string Value)[] metadata)
        => (IOutputBinding)Contexts.Catalog().Bindings.Create(
            Contexts.Create("bindings.http", Folder.Path, timeProvider, [("url", _server.Urls.First() + path), .. metadata]));
}
