using Tandem.EndToEnd.Tests.Mesh;
using Tandem.EndToEnd.Tests.Shop;

namespace Tandem.EndToEnd.Tests;

/// <summary>The shop on Kafka and Redis, and what becomes of 200 orders when the broker or the way to it fails in the middle of them.</summary>
public sealed class KafkaJourneyTests(MeshFixture<KafkaInfrastructure> fixture) : OrderJourneyTests, IClassFixture<MeshFixture<KafkaInfrastructure>>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(10);

    private protected override RunningMesh Mesh => fixture.Mesh;

    [Fact]
    public Task KillOfTheBroker_InTheMiddleOfOrders_LosesAndDoublesNothing() => FailInTheMiddleAsync(async () =>
    {
        fixture.Infrastructure.Kafka.Kill();
        await fixture.Infrastructure.Kafka.StartAsync();
    });

    [Fact]
    public Task StallOfTheNetwork_InTheMiddleOfOrders_LosesAndDoublesNothing() => FailInTheMiddleAsync(async () =>
    {
        fixture.Infrastructure.Network.Stall();

        // The fault itself takes that long.
        await Task.Delay(Stall);
        fixture.Infrastructure.Network.GoOn();
    });

    private async Task FailInTheMiddleAsync(Func<Task> fail)
    {
        using var crowd = await Crowd.GatherAsync(Mesh.Gateway, shoppers: 20);
        var orders = crowd.OrderAsync(each: 10);
        await Eventually.SeeAsync(() => Task.FromResult(crowd.Acknowledged), static n => n >= 50, Limit, static n => $"{n} orders acknowledged");
        await fail();
        await orders;

        Assert.Equal(200, crowd.Acknowledged);
        await crowd.SettleAndCheckAsync();
    }
}
