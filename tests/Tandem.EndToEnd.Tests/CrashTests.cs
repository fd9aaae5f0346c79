using System.Diagnostics;
using Tandem.EndToEnd.Tests.Mesh;
using Tandem.EndToEnd.Tests.Shop;

namespace Tandem.EndToEnd.Tests;

/// <summary>kill -9 in the middle of 200 orders: no acknowledged order is lost, none is doubled, the stock is exact.</summary>
public sealed class CrashTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("order")]
    [InlineData("payment")]
    [InlineData("product")]
    [InlineData("notification")]
    [InlineData("shipping")]
    [InlineData("gateway")]
    public async Task KillOfAService_InTheMiddleOfOrders_LosesAndDoublesNothing(string appId)
    {
        await using var mesh = await RunningMesh.StartNewAsync();
        using var crowd = await Crowd.GatherAsync(mesh.Gateway, shoppers: 20);

        var orders = crowd.OrderAsync(each: 10);
        await Eventually.SeeAsync(() => Task.FromResult(crowd.Acknowledged), n => n >= 50, Limit, n => $"{n} orders acknowledged");
        var killed = await mesh.KillAppAsync(appId);
        await orders;

        var back = await Eventually.SeeAsync(mesh.ListAsync, apps => apps.Any(a => a.AppId == appId && a.AppPid is { } pid && pid != killed && a.Health == "healthy"), Limit, apps => string.Join(", ", apps));
        Assert.Equal(9, back.Count);
        await crowd.SettleAndCheckAsync();
    }

    [Fact]
    public async Task KillOfTheSidecarHost_InTheMiddleOfOrders_EndsItsAppsAndLosesNothing()
    {
        await using var mesh = await RunningMesh.StartNewAsync();
        using var crowd = await Crowd.GatherAsync(mesh.Gateway, shoppers: 20);

        var orders = crowd.OrderAsync(each: 10);
        await Eventually.SeeAsync(() => Task.FromResult(crowd.Acknowledged), n => n >= 50, Limit, n => $"{n} orders acknowledged");
        var apps = await mesh.KillHostAsync();
        await Eventually.SeeAsync(() => Task.FromResult(apps.Where(IsAlive).ToList()), alive => alive.Count == 0, Limit, alive => $"still alive: {string.Join(", ", alive)}");
        await mesh.StartAsync();
        await orders;

        Assert.Equal(200, crowd.Acknowledged);
        await crowd.SettleAndCheckAsync();
    }

    [Fact]
    public async Task Interrupt_OfTheRun_EndsWithZeroAndLeavesNoProcess()
    {
        await using var mesh = await RunningMesh.StartNewAsync();
        var apps = await mesh.ListAsync();
        Assert.Equal(9, apps.Count);

        Assert.Equal(0, await mesh.InterruptAsync());

        Assert.DoesNotContain(apps, a => IsAlive(a.RunningPid));
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
