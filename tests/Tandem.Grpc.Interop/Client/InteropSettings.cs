using System.Text.Json;

namespace Tandem.Interop.Client;

/// <summary>Where the servers are, and what is not tried with them (and why).</summary>
internal sealed record InteropSettings(string Plain, string Large, string Gzip, string Absent, Dictionary<string, string>? Skip)
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static InteropSettings Parse(string json) => JsonSerializer.Deserialize<InteropSettings>(json, Options)!;
}
