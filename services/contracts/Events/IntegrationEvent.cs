namespace Tandem.Contracts.Events;

/// <summary>
/// What every event of the mesh is: its data travels as the <c>data</c> of a CloudEvent whose <c>type</c> is the record's name,
/// whose <c>id</c> is the event's own id (the same on every retry) and whose <c>subject</c> is the aggregate's id.
/// </summary>
public abstract record IntegrationEvent
{
    /// <summary>The CloudEvent's <c>subject</c> and, where the broker has partitions, the partition key. Not part of the data.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public abstract string Subject { get; }

    /// <summary>The topic that carries this kind of event. Not part of the data.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public abstract string Topic { get; }
}
