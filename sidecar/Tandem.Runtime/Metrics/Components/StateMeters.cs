namespace Tandem.Runtime.Metrics.Components;

/// <summary>The meters of one state store.</summary>
public sealed class StateMeters(ComponentMeters meters)
{
    /// <summary>Reads of one key.</summary>
    public OperationMeter Get { get; } = meters["get"];

    /// <summary>Reads of several keys.</summary>
    public OperationMeter BulkGet { get; } = meters["bulk_get"];

    /// <summary>Writes.</summary>
    public OperationMeter Set { get; } = meters["set"];

    /// <summary>Deletions.</summary>
    public OperationMeter Delete { get; } = meters["delete"];

    /// <summary>Transactions.</summary>
    public OperationMeter Transaction { get; } = meters["transaction"];

    /// <summary>Queries.</summary>
    public OperationMeter Query { get; } = meters["query"];
}
