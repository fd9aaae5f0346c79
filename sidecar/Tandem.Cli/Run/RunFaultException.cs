namespace Tandem.Cli.Run;

/// <summary>A run cannot start. Each fault is one line that names the file (or flag), the key and what is wrong with it.</summary>
internal sealed class RunFaultException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public RunFaultException(string fault)
        : this([fault])
    {
    }

    public IReadOnlyList<string> Faults { get; } = faults;
}
