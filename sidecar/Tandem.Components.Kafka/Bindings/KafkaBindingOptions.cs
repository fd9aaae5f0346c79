namespace Tandem.Components.Kafka.Bindings;

/// <summary>The metadata of <c>bindings.kafka</c> beside what all Kafka components have.</summary>
/// <param name="Topics">Where the input binding reads; none where the component is an output binding alone.</param>
/// <param name="PublishTopic">Where the output binding writes; <see langword="null"/> where it is an input binding alone.</param>
internal sealed record KafkaBindingOptions(string ConsumerGroup, IReadOnlyList<string> Topics, string? PublishTopic)
{
    public static KafkaBindingOptions Parse(ComponentContext context) => new(
        context.Metadata.GetString("consumerGroup") ?? context.Metadata.GetString("consumerID") ?? context.AppId,
        [.. (context.Metadata.GetString("topics") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct()],
        context.Metadata.GetString("publishTopic"));
}
