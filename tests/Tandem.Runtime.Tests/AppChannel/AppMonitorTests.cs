using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Runtime.AppChannel;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.AppChannel;

public sealed class AppMonitorTests : IDisposable
{
    private readonly Socket _app = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ManualTimeProvider _clock = new();

    public AppMonitorTests()
    {
        _app.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _app.Listen();
    }

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task AppUp_NotSettled_IsCalledAgainWhileTheAppMayBeCalled()
    {
        await using var monitor = Create();
        var calls = Channel.CreateUnbounded<bool>();
        monitor.AppUp = async (isAgain, token) =>
        {
            await calls.Writer.WriteAsync(isAgain, token);
            return false;
        };

        monitor.Start();
        Assert.False(await calls.Reader.ReadAsync().AsTask().WithinAsync());
        await monitor.WaitUntilHealthyAsync(default).WithinAsync();

        for (var i = 0; i < 2; i++)
        {
            await _clock.WaitForTimerAsync().WithinAsync();
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.True(await calls.Reader.ReadAsync().AsTask().WithinAsync());
        }

        Assert.True(monitor.IsHealthy);
    }

    [Fact]
    public async Task AppUp_Throws_IsCalledAgain()
    {
        await using var monitor = Create();
        var again = new TaskCompletionSource();
        var calls = 0;
        monitor.AppUp = (isAgain, _) =>
        {
            calls++;
            if (!isAgain)
            {
                throw new IOException("not this time");
            }

            again.SetResult();
            return Task.FromResult(true);
        };

        monitor.Start();
        await _clock.WaitForTimerAsync().WithinAsync();
        _clock.Advance(TimeSpan.FromSeconds(1));

        await again.Task.WithinAsync();
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task AppDown_TakesTooLong_IsCutOffSoThatTheAppIsLookedForAgain()
    {
        await using var monitor = Create();
        var up = Channel.CreateUnbounded<bool>();
        var down = new TaskCompletionSource();
        monitor.AppUp = async (isAgain, token) =>
        {
            await up.Writer.WriteAsync(isAgain, token);
            return true;
        };
        monitor.AppDown = token =>
        {
            down.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, token);
        };
        monitor.Start();
        await up.Reader.ReadAsync().AsTask().WithinAsync();
        await monitor.WaitUntilHealthyAsync(default).WithinAsync();

        monitor.AppStopped();
        await down.Task.WithinAsync();
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await up.Reader.ReadAsync().AsTask().WithinAsync());
    }

    private AppMonitor Create()
        => new(
            new SidecarOptions { AppId = "app", AppPort = ((IPEndPoint)_app.LocalEndPoint!).Port },
            static _ => Task.FromResult(true),
            _clock,
            NullLogger<AppMonitor>.Instance);
}
