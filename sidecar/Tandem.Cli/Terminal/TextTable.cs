namespace Tandem.Cli.Terminal;

/// <summary>Rows of text under headings, each column as wide as its widest text.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const string Gap = "  ";
    private readonly List<string[]> _rows = [headings];

    public void Add(params string[] row) => _rows.Add(row);

    public void Write(TextWriter output)
    {
        var widths = Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            output.WriteLine(string.Join(Gap, row.Select((text, column) => text.PadRight(widths[column]))).TrimEnd());
        }
    }
}
