using System.Globalization;

namespace Tandem.Services.Tests.Contract;

/// <summary>A line of contract-routes.md.</summary>
/// <param name="Service">Who serves it.</param>
/// <param name="Method">The method.</param>
/// <param name="Route">The path.</param>
/// <param name="Statuses">The answers that a test must have seen.</param>
internal sealed record ContractLine(string Service, string Method, string Route, IReadOnlyList<int> Statuses)
{
    private static readonly string[] PassedOn = ["/api/", "/.well-known/", "/admin/deadletters", "/admin/sagas"];

    /// <summary>Its method and path.</summary>
    public string Name => $"{Method} {Route}";

    /// <summary>Whether the gateway only passes it on, so that its document need not describe it.</summary>
    public bool IsPassedOn => Service == "gateway" && Passes(Route);

    /// <summary>Whether the gateway passes a path on to a service.</summary>
    public static bool Passes(string path) => PassedOn.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Reads the table: rows of <c>| service | `METHOD path` | statuses |</c>.</summary>
    public static async Task<IReadOnlyList<ContractLine>> ReadAllAsync()
    {
        using var reader = new StreamReader(typeof(ContractLine).Assembly.GetManifestResourceStream("Tandem.Services.Tests.Contract.contract-routes.md")!);
        var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.TrimEntries);
        return [.. lines.Where(static line => line.StartsWith('|') && line.Contains('`', StringComparison.Ordinal)).Select(Read)];
    }

    private static ContractLine Read(string line)
    {
        var cells = line.Split('|', StringSplitOptions.TrimEntries);
        var route = cells.Length == 5 ? cells[2].Trim('`').Split(' ') : [];
        return route.Length == 2
            ? new ContractLine(cells[1], route[0], route[1], [.. cells[3].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static status => int.Parse(status, CultureInfo.InvariantCulture))])
            : throw new FormatException($"Not a line of the table: {line}");
    }
}
