using Grpc.Core;
using Grpc.Health.V1;
using Tandem.Interop.V1;
using static Grpc.Health.V1.HealthCheckResponse.Types;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>The health service. (Reflection is asked by the peers that are not ours.)</summary>
internal static class HealthScenarios
{
    public static IEnumerable<(string Name, Func<Peers, Task> Run)> All =>
    [
        ("health: check", Check),
        ("health: watch", Watch),
    ];

    private static async Task Check(Peers peers)
    {
        foreach (var service in new[] { "", V1.Interop.Descriptor.FullName })
        {
            Equal(ServingStatus.Serving, (await peers.Plain.Health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
        }

        await FailsAsync(StatusCode.NotFound, async () => await peers.Plain.Health.CheckAsync(new HealthCheckRequest { Service = "nobody" }));
    }

    private static async Task Watch(Peers peers)
    {
        const string Name = "tandem-watched";
        using var source = new CancellationTokenSource();
        using var call = peers.Plain.Health.Watch(new HealthCheckRequest { Service = Name }, cancellationToken: source.Token);
        True(await call.ResponseStream.MoveNext(CancellationToken.None));
        Equal(ServingStatus.ServiceUnknown, call.ResponseStream.Current.Status);
        foreach (var serving in new[] { true, false, true })
        {
            await peers.Plain.Calls.SetHealthAsync(new SetHealthRequest { Service = Name, Serving = serving });
            True(await call.ResponseStream.MoveNext(CancellationToken.None));
            Equal(serving ? ServingStatus.Serving : ServingStatus.NotServing, call.ResponseStream.Current.Status);
        }

        var next = call.ResponseStream.MoveNext(CancellationToken.None);
        await source.CancelAsync();
        await FailsAsync(StatusCode.Cancelled, () => next);
    }
}
