using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Components;
using Tandem.Components.Metadata;
using Tandem.Runtime.Components;

namespace Tandem.Runtime.Tests.Components;

public sealed class SharedComponentsTests
{
    [Fact]
    public async Task AcquireAsync_SameSettings_IsOneComponentThatTheLastUserCloses()
    {
        await using var shared = new SharedComponents();
        var one = await shared.AcquireAsync(Context(), static _ => Task.FromResult<object>(new Closable()));
        var two = await shared.AcquireAsync(Context(), static _ => Task.FromResult<object>(new Closable()));
        var other = await shared.AcquireAsync(Context("other"), static _ => Task.FromResult<object>(new Closable()));

        Assert.Same(one.Instance, two.Instance);
        Assert.NotSame(one.Instance, other.Instance);
        await one.Release();
        Assert.False(((Closable)one.Instance).IsClosed);
        await two.Release();
        Assert.True(((Closable)one.Instance).IsClosed);
        Assert.False(((Closable)other.Instance).IsClosed);
    }

    [Fact]
    public async Task AcquireAsync_FirstTryFails_ALaterOneMakesItAnew()
    {
        await using var shared = new SharedComponents();
        await Assert.ThrowsAsync<IOException>(() => shared.AcquireAsync(Context(), static _ => throw new IOException("away")));

        var component = await shared.AcquireAsync(Context(), static _ => Task.FromResult<object>(new Closable()));

        Assert.IsType<Closable>(component.Instance);
    }

    [Fact]
    public async Task AcquireAsync_OnlyTheConsumerGroupDiffers_IsOneComponent()
    {
        await using var shared = new SharedComponents();
        var one = await shared.AcquireAsync(Context(consumerId: "a"), static _ => Task.FromResult<object>(new Closable()));
        var two = await shared.AcquireAsync(Context(consumerId: "b"), static _ => Task.FromResult<object>(new Closable()));

        Assert.Same(one.Instance, two.Instance);
    }

    private static ComponentContext Context(string name = "store", string consumerId = "") => new()
    {
        Name = name,
        Type = "state.x",
        Version = "v1",
        Metadata = new ComponentMetadata(new Dictionary<string, string> { ["consumerID"] = consumerId }),
        AppId = "app",
        Namespace = "default",
        BaseDirectory = "/",
        DataDirectory = "/",
        TimeProvider = TimeProvider.System,
        LoggerFactory = NullLoggerFactory.Instance,
    };

    private sealed class Closable : IDisposable
    {
        public bool IsClosed { get; private set; }

        public void Dispose() => IsClosed = true;
    }
}
