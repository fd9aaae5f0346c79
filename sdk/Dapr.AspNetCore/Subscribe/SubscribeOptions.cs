namespace Dapr;

/// <summary>What holds for all subscriptions of an app.</summary>
public class SubscribeOptions
{
    /// <summary>Whether events come as they are in the broker.</summary>
    public bool EnableRawPayload { get; set; }
}
