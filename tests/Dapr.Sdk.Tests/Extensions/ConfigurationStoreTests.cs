using System.Collections.Concurrent;
using System.Threading.Channels;
using Dapr.Client.Autogen.Grpc.v1;
using Dapr.Extensions.Configuration;
using Dapr.Sdk.Tests.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Tandem.Testing;

namespace Dapr.Sdk.Tests.Extensions;

public sealed class ConfigurationStoreTests : ClientTest
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);
    private readonly ConcurrentDictionary<string, string> _stored = new();

    [Fact]
    public void AddDaprConfigurationStore_Values_AreThere()
    {
        Stores(("color", "red"));

        var configuration = new ConfigurationBuilder().AddDaprConfigurationStore("config", ["color"], Client, Patience, new Dictionary<string, string> { ["a"] = "b" }).Build();

        Assert.Equal("red", configuration["color"]);
        AssertCalled("GetConfiguration", new GetConfigurationRequest { StoreName = "config", Keys = { "color" }, Metadata = { ["a"] = "b" } });
    }

    [Fact]
    public async Task AddStreamingDaprConfigurationStore_Change_ReloadsTheConfiguration()
    {
        Stores(("color", "red"));
        var changes = Channel.CreateUnbounded<SubscribeConfigurationResponse>();
        Grpc.Streams(async (_, write, context) =>
        {
            await write(new SubscribeConfigurationResponse { Id = "1" });
            await foreach (var change in changes.Reader.ReadAllAsync(context.CancellationToken))
            {
                await write(change);
            }
        });

        using var configuration = (ConfigurationRoot)new ConfigurationBuilder().AddStreamingDaprConfigurationStore("config", ["color"], Client, Patience).Build();
        Assert.Equal("red", configuration["color"]);

        var reloaded = Reload(configuration);
        changes.Writer.TryWrite(new SubscribeConfigurationResponse { Id = "1", Items = { ["color"] = new ConfigurationItem { Value = "blue" } } });
        await reloaded.WithinAsync();

        Assert.Equal("blue", configuration["color"]);
    }

    [Fact]
    public async Task AddStreamingDaprConfigurationStore_StreamBreaks_ComesBackWithWhatChangedMeanwhile()
    {
        Stores(("color", "red"));
        var subscribed = 0;
        var isThere = new TaskCompletionSource();
        Grpc.Streams(async (_, write, context) =>
        {
            if (Interlocked.Increment(ref subscribed) == 1)
            {
                await isThere.Task;
                throw Doubles.GrpcSide.Failure(global::Grpc.Core.StatusCode.Unavailable, "going away");
            }

            await write(new SubscribeConfigurationResponse { Id = "2" });
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        });
        using var configuration = (ConfigurationRoot)new ConfigurationBuilder().AddStreamingDaprConfigurationStore("config", ["color"], Client, Patience).Build();

        var reloaded = Reload(configuration);
        _stored["color"] = "green";
        isThere.SetResult();
        await reloaded.WithinAsync();

        Assert.Equal(("green", 2), (configuration["color"], subscribed));
    }

    [Fact]
    public async Task AddStreamingDaprConfigurationStore_Disposed_EndsTheSubscription()
    {
        Stores(("color", "red"));
        var ended = new TaskCompletionSource();
        var unsubscribed = new TaskCompletionSource<string>();
        Grpc.Answers<UnsubscribeConfigurationRequest>(request =>
        {
            unsubscribed.TrySetResult(request.Id);
            return new UnsubscribeConfigurationResponse { Ok = true };
        });
        Grpc.Streams(async (_, write, context) =>
        {
            context.CancellationToken.Register(() => ended.TrySetResult());
            await write(new SubscribeConfigurationResponse { Id = "7", Items = { ["seen"] = new ConfigurationItem { Value = "1" } } });
            await ended.Task;
        });
        var configuration = (ConfigurationRoot)new ConfigurationBuilder().AddStreamingDaprConfigurationStore("config", [], Client, Patience).Build();
        var seen = Reload(configuration);
        if (configuration["seen"] is null)
        {
            await seen.WithinAsync();
        }

        configuration.Dispose();

        await ended.Task.WithinAsync();
        Assert.Equal("7", await unsubscribed.Task.WithinAsync());
    }

    [Fact]
    public async Task AddStreamingDaprConfigurationStore_ClientGoesFirst_EndsQuietly()
    {
        Stores(("color", "red"));
        var isThere = new TaskCompletionSource();
        Grpc.Streams((_, _, context) =>
        {
            isThere.SetResult();
            return Task.Delay(Timeout.Infinite, context.CancellationToken);
        });
        using var configuration = (ConfigurationRoot)new ConfigurationBuilder().AddStreamingDaprConfigurationStore("config", [], Client, Patience).Build();
        await isThere.Task.WithinAsync();

        Client.Dispose();

        await Assert.IsType<DaprConfigurationStoreProvider>(Assert.Single(configuration.Providers)).Following.WithinAsync();
        Assert.Equal("red", configuration["color"]);
    }

    private void Stores(params (string Key, string Value)[] values)
    {
        foreach (var (key, value) in values)
        {
            _stored[key] = value;
        }

        Grpc.Answers<GetConfigurationRequest>(_ =>
        {
            var response = new GetConfigurationResponse();
            foreach (var (key, value) in _stored)
            {
                response.Items[key] = new ConfigurationItem { Value = value };
            }

            return response;
        });
    }

    private static Task Reload(IConfiguration configuration)
    {
        var reloaded = new TaskCompletionSource();
        ChangeToken.OnChange(configuration.GetReloadToken, () => reloaded.TrySetResult());
        return reloaded.Task;
    }
}
