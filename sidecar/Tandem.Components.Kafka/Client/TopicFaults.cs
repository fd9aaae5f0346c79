using Confluent.Kafka;

namespace Tandem.Components.Kafka.Client;

/// <summary>The errors that have to do with a topic, in words for people.</summary>
internal static class TopicFaults
{
    public static string Describe(Error error, string topic) => error.Code switch
    {
        ErrorCode.UnknownTopicOrPart or ErrorCode.Local_UnknownTopic
            => $"topic '{topic}' is not there, and the brokers do not make it by themselves (auto.create.topics.enable); create it",
        ErrorCode.LeaderNotAvailable => $"topic '{topic}' has no leader yet",
        ErrorCode.TopicAuthorizationFailed => $"the brokers do not allow this user to use topic '{topic}'",
        ErrorCode.GroupAuthorizationFailed => "the brokers do not allow this user to use the consumer group",
        ErrorCode.Local_UnknownPartition => $"topic '{topic}' has no partition of the number that partitionNumber asks for",
        ErrorCode.MsgSizeTooLarge => $"the message is larger than the brokers take for topic '{topic}', or than maxMessageBytes",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend => $"topic '{topic}' has too few replicas in sync",
        ErrorCode.TopicException => $"topic '{topic}' has a name that the brokers do not take",
        _ => error.Reason,
    };
}
