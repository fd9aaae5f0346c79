namespace Tandem.Runtime.Resources;

/// <summary>Resources as they are gathered from files.</summary>
internal sealed class ResourceBatch
{
    public List<ComponentResource> Components { get; private init; } = [];

    public HashSet<string> ComponentsOfOtherApps { get; } = new(StringComparer.Ordinal);

    public List<SubscriptionResource> Subscriptions { get; private init; } = [];

    public List<ResiliencyResource> Resiliencies { get; private init; } = [];

    public List<HttpEndpointResource> HttpEndpoints { get; private init; } = [];

    /// <summary>What a set has from one file.</summary>
    public static ResourceBatch Of(ResourceSet set, string file) => new()
    {
        Components = [.. set.Components.Where(resource => resource.Id.File == file)],
        Subscriptions = [.. set.Subscriptions.Where(resource => resource.Id.File == file)],
        Resiliencies = [.. set.Resiliencies.Where(resource => resource.Id.File == file)],
        HttpEndpoints = [.. set.HttpEndpoints.Where(resource => resource.Id.File == file)],
    };

    public void Add(ResourceBatch other)
    {
        Components.AddRange(other.Components);
        ComponentsOfOtherApps.UnionWith(other.ComponentsOfOtherApps);
        Subscriptions.AddRange(other.Subscriptions);
        Resiliencies.AddRange(other.Resiliencies);
        HttpEndpoints.AddRange(other.HttpEndpoints);
    }

    /// <summary>Of several components with one name one stays (the one that was there before, else the first); the others are faults.</summary>
    public void RemoveTwins(ResourceSet? before, ResourceFaults faults)
    {
        foreach (var twins in Components.GroupBy(static component => component.Name, StringComparer.Ordinal).Where(static group => group.Count() > 1).ToList())
        {
            var stays = twins.FirstOrDefault(twin => before?.Components.Any(known => known.Name == twin.Name && known.Id.File == twin.Id.File) is true) ?? twins.First();
            foreach (var twin in twins.Where(twin => twin != stays))
            {
                Components.Remove(twin);
                faults.Add(twin.Id, "metadata.name", $"is already taken by {stays.Id.File}:{stays.Id.Line}");
            }
        }
    }

    public ResourceSet ToSet(ConfigurationResource configuration) => new()
    {
        Components = Components,
        ComponentsOfOtherApps = ComponentsOfOtherApps,
        Subscriptions = Subscriptions,
        Resiliencies = Resiliencies,
        HttpEndpoints = HttpEndpoints,
        Configuration = configuration,
    };
}
