namespace Tandem.Components.Kafka.Client;

/// <summary>Kafka did not do what was asked; the message is fit for the caller.</summary>
internal sealed class KafkaFaultException(string message, Exception? innerException = null) : Exception(message, innerException);
