using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http;

/// <summary>Reads <c>metadata.NAME</c> from a request's query and headers.</summary>
internal static class RequestMetadata
{
    private const string Prefix = "metadata.";
    private static readonly Dictionary<string, string> None = [];

    public static IReadOnlyDictionary<string, string> Read(HttpRequest request)
    {
        Dictionary<string, string>? metadata = null;
        foreach (var (name, values) in request.Headers)
        {
            Add(name, values);
        }

        if (request.QueryString.HasValue)
        {
            foreach (var (name, values) in request.Query)
            {
                Add(name, values);
            }
        }

        return metadata ?? None;

        void Add(string name, Microsoft.Extensions.Primitives.StringValues values)
        {
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length)
            {
                (metadata ??= new(StringComparer.OrdinalIgnoreCase))[name[Prefix.Length..]] = values.ToString();
            }
        }
    }
}
