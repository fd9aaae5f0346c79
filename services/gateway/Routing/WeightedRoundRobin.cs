using System.Globalization;
using System.Runtime.CompilerServices;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Tandem.Gateway;

/// <summary>
/// Round robin in which an instance of weight 3 gets three requests for each one of weight 1, spread evenly: each turn every instance gains
/// its weight, and the one that has gained most is chosen and pays the sum of all weights.
/// </summary>
internal sealed class WeightedRoundRobin : ILoadBalancingPolicy
{
    public const string PolicyName = "WeightedRoundRobin";

    /// <summary>The key of a destination's metadata that holds its weight.</summary>
    public const string WeightKey = "weight";

    private readonly ConditionalWeakTable<ClusterState, Dictionary<string, int>> _gains = [];

    public string Name => PolicyName;

    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations)
    {
        var gains = _gains.GetValue(cluster, static _ => new Dictionary<string, int>(StringComparer.Ordinal));
        lock (gains)
        {
            DestinationState? chosen = null;
            var most = int.MinValue;
            var sum = 0;
            foreach (var destination in availableDestinations)
            {
                var weight = WeightOf(destination);
                var gain = gains.GetValueOrDefault(destination.DestinationId) + weight;
                gains[destination.DestinationId] = gain;
                sum += weight;
                if (gain > most)
                {
                    (chosen, most) = (destination, gain);
                }
            }

            if (chosen is not null)
            {
                gains[chosen.DestinationId] -= sum;
            }

            return chosen;
        }
    }

    private static int WeightOf(DestinationState destination)
        => destination.Model.Config.Metadata is { } metadata && metadata.TryGetValue(WeightKey, out var weight)
            ? int.Parse(weight, CultureInfo.InvariantCulture)
            : 1;
}
