using System.Threading.Channels;
using Tandem.Components.Bindings;
using Tandem.Components.Metadata;
using Tandem.Testing;

namespace Tandem.Components.Tests.Cron;

public sealed class CronBindingTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Read_EachTimeDue_CallsTheHandler()
    {
        var calls = Channel.CreateUnbounded<BindingEvent>();
        await using var reader = await Create("@every 10s").ReadAsync((call, token) => calls.Writer.WriteAsync(call, token), default);
        for (var i = 0; i < 3; i++)
        {
            await _time.WaitForTimerAsync().WithinAsync();
            _time.Advance(TimeSpan.FromSeconds(10));
            var call = await calls.Reader.ReadAsync().WithinAsync();
            Assert.True(call.Data.IsEmpty);
            Assert.Contains("readTimeUTC", call.Metadata);
        }

        Assert.Equal(0, calls.Reader.Count);
    }

    [Fact]
    public async Task Read_HandlerFails_CallsAgainNextTime()
    {
        var calls = Channel.CreateUnbounded<int>();
        await using var reader = await Create("@every 1m").ReadAsync(
            (_, _) =>
            {
                calls.Writer.TryWrite(1);
                throw new InvalidOperationException("the app is away");
            },
            default);
        for (var i = 0; i < 2; i++)
        {
            await _time.WaitForTimerAsync().WithinAsync();
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(1, await calls.Reader.ReadAsync().WithinAsync());
            Assert.False(calls.Reader.TryRead(out _));
        }
    }

    [Fact]
    public async Task Read_DueInDays_IsCalledThen()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var reader = await Create("0 0 5 1 *").ReadAsync(
            (_, _) =>
            {
                called.TrySetResult();
                return ValueTask.CompletedTask;
            },
            default);
        // The wait is cut into hours; no hour before the time may end it.
        while (_time.GetUtcNow() + TimeSpan.FromHours(1) < new DateTimeOffset(2030, 1, 5, 0, 0, 0, TimeSpan.Zero))
        {
            await _time.WaitForTimerAsync(TimeSpan.FromHours(1)).WithinAsync();
            Assert.False(called.Task.IsCompleted);
            _time.Advance(TimeSpan.FromHours(1));
        }

        await _time.WaitForTimerAsync(TimeSpan.FromHours(1)).WithinAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await called.Task.WithinAsync();
    }

    [Fact]
    public async Task Dispose_HandlerRuns_WaitsForIt()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reader = await Create("@every 1s").ReadAsync(
            async (_, _) =>
            {
                started.TrySetResult();
                await release.Task;
            },
            default);
        await _time.WaitForTimerAsync().WithinAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await started.Task.WithinAsync();

        var disposing = reader.DisposeAsync().AsTask();
        Assert.False(disposing.IsCompleted);
        release.SetResult();
        await disposing.WithinAsync();
    }

    [Fact]
    public void Create_NoSchedule_NamesTheField()
    {
        var fault = Assert.Throws<ComponentMetadataException>(() => Create("now and then"));
        Assert.Equal("schedule", fault.Field);
    }

    private IInputBinding Create(string schedule)
        => (IInputBinding)Contexts.Catalog().Bindings.Create(Contexts.Create("bindings.cron", "/", _time, ("schedule", schedule)));
}
