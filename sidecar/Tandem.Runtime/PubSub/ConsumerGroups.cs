using Tandem.Runtime.Components;

namespace Tandem.Runtime.PubSub;

/// <summary>The consumer group in which a sidecar receives from a pub/sub component.</summary>
internal static class ConsumerGroups
{
    /// <summary>What the component says, or else the app ID.</summary>
    public static string Of(LoadedComponent component, SidecarOptions options)
        => component.Metadata.GetString("consumerGroup") ?? component.Metadata.GetString("consumerID") ?? options.AppId;
}
