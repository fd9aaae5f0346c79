using Tandem.Components;
using Tandem.Components.PubSub;
using Tandem.Runtime.Tests.State;

namespace Tandem.Runtime.Tests.Components;

/// <summary>A component that is not ready within its time.</summary>
public sealed class ComponentStartTests
{
    private static readonly TimeSpan InitTimeout = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData("nobody answers at bus:9092", "was not ready within its spec.initTimeout of 00:00:00.0500000: nobody answers at bus:9092")]
    [InlineData(null, "was not ready within its spec.initTimeout of 00:00:00.0500000")]
    public async Task Load_GivesUpAfterItsTime_SaysWhyWhereItKnows(string? reason, string expected)
    {
        var component = StateBlocks.Component("bus", "pubsub.waiting") with { InitTimeout = InitTimeout };
        var blocks = await StateBlocks.StartAsync(Path.GetTempPath(), [component], register: catalog => catalog.PubSubs.Add("waiting", _ => new Waiting(reason)));

        Assert.Equal($"bus.yaml:1: Component 'bus': {expected}", Assert.Single(blocks.Faults));
    }

    private sealed class Waiting(string? reason) : IPubSub, IInitializable
    {
        public async ValueTask InitializeAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reason is not null)
            {
                throw new InvalidOperationException(reason);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }

        public ValueTask PublishAsync(PublishRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IAsyncDisposable> SubscribeAsync(SubscribeRequest request, MessageHandler handler, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
