using System.Text.Json.Nodes;

namespace Tandem.Gateway;

/// <summary>
/// The names that a service's components (schemas above all) have in the document of all services. They begin with the service's name, so that
/// the same word may mean something else in two services, and they do not depend on which other services are there.
/// </summary>
internal sealed class ComponentNames
{
    private const string Root = "#/components/";
    private const string Schemas = "schemas";

    /// <summary>What services call the body of an error; it is the same in all of them.</summary>
    private static readonly string[] Problems = ["Problem", "ProblemDetails", "HttpValidationProblemDetails"];

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    public ComponentNames(string service, JsonObject? components)
    {
        var prefix = char.ToUpperInvariant(service[0]) + service[1..];
        foreach (var (section, content) in components ?? [])
        {
            HashSet<string> taken = new(StringComparer.Ordinal);
            foreach (var (name, _) in content as JsonObject ?? [])
            {
                var wanted = section == Schemas && Problems.Contains(name) ? ApiDocument.ProblemSchema
                    : name.StartsWith(prefix, StringComparison.Ordinal) ? name
                    : prefix + name;
                var given = wanted;
                for (var i = 2; wanted != ApiDocument.ProblemSchema && !taken.Add(given); i++)
                {
                    given = $"{wanted}{i}";
                }

                _names[$"{section}/{name}"] = given;
            }
        }
    }

    /// <summary>The new name of a component.</summary>
    public string Of(string section, string name) => _names.GetValueOrDefault($"{section}/{name}", name);

    /// <summary>Rewrites, everywhere below, the references to components.</summary>
    public void Apply(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject pairs:
                foreach (var (key, value) in pairs.ToList())
                {
                    if (value is JsonValue text && text.TryGetValue<string>(out var reference) && reference.StartsWith(Root, StringComparison.Ordinal))
                    {
                        pairs[key] = Rewrite(reference);
                    }
                    else
                    {
                        Apply(value);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Apply(item);
                }

                break;
        }
    }

    /// <summary>#/components/schemas/Name and what may follow it.</summary>
    private string Rewrite(string reference)
    {
        var parts = reference[Root.Length..].Split('/', 3);
        if (parts.Length < 2)
        {
            return reference;
        }

        parts[1] = Of(parts[0], parts[1]);
        return Root + string.Join('/', parts);
    }
}
