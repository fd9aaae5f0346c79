namespace Tandem.Runtime.Metrics.Components;

/// <summary>Takes the time of one operation of one component, apart for success and failure.</summary>
public sealed class OperationMeter
{
    private readonly Func<string, Histogram> _find;
    private Histogram? _succeeded;
    private Histogram? _failed;

    /// <param name="find">Finds the series by the value of the label <c>success</c>.</param>
    internal OperationMeter(Func<string, Histogram> find) => _find = find;

    /// <summary>The operation ended.</summary>
    public void Record(bool succeeded, long began)
        => (succeeded ? _succeeded ??= _find("true") : _failed ??= _find("false")).RecordSince(began);
}
