using System.Text.Json;

namespace Tandem.Services.Tests.Contract;

/// <summary>A route as a service's OpenAPI document describes it.</summary>
/// <param name="Method">The method, in capitals.</param>
/// <param name="Route">The path.</param>
/// <param name="Description">What the document says about it.</param>
/// <param name="Document">The document.</param>
internal sealed record Operation(string Method, string Route, JsonElement Description, JsonElement Document)
{
    /// <summary>Its method and path.</summary>
    public string Name => $"{Method} {Route}";

    /// <summary>What it does, in a line.</summary>
    public string? Summary => Description.TryGetProperty("summary", out var summary) ? summary.GetString() : null;

    /// <summary>The statuses that the document names, <c>default</c> left out.</summary>
    public IReadOnlyList<int> Statuses => [.. Responses.Select(static response => int.TryParse(response.Name, out var status) ? status : 0).Where(static status => status > 0).Order()];

    /// <summary>The statuses, and what the document says about each, wherever it does.</summary>
    public IEnumerable<(string Name, JsonElement Value)> Responses => Description.GetProperty("responses").EnumerateObject().Select(response => (response.Name, Resolve(response.Value)));

    /// <summary>Everything in a document, which may be disposed of afterwards.</summary>
    public static IReadOnlyList<Operation> ReadAll(JsonElement document)
    {
        var kept = document.Clone();
        return [.. kept.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(static member => member.Value.ValueKind == JsonValueKind.Object && member.Value.TryGetProperty("responses", out _))
            .Select(operation => new Operation(operation.Name.ToUpperInvariant(), RecordedRequests.Normalize(path.Name), operation.Value, kept)))];
    }

    private JsonElement Resolve(JsonElement element)
    {
        if (!element.TryGetProperty("$ref", out var reference))
        {
            return element;
        }

        return reference.GetString()!.Split('/').Skip(1).Aggregate(Document, static (at, name) => at.GetProperty(name));
    }
}
