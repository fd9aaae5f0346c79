using System.Net;
using System.Text.Json;

namespace Tandem.Services.Tests.Defaults;

/// <summary>A service's OpenAPI document, and what every operation of it must have.</summary>
internal static class OpenApiText
{
    private static readonly string[] Methods = ["get", "post", "put", "delete"];

    /// <summary>One line for each operation: its method, path and statuses, in the order of the paths.</summary>
    public static IEnumerable<string> OperationsOf(JsonElement document)
        => from path in document.GetProperty("paths").EnumerateObject()
           from operation in path.Value.EnumerateObject()
           where Methods.Contains(operation.Name)
           orderby path.Name, operation.Name
           select $"{operation.Name.ToUpperInvariant()} {path.Name} {string.Join(' ', operation.Value.GetProperty("responses").EnumerateObject().Select(static response => response.Name).Order())}";

    public static JsonElement Operation(JsonElement document, string method, string path)
        => document.GetProperty("paths").GetProperty(path).GetProperty(method);

    public static async Task<JsonElement> ReadAsync(HttpClient client)
    {
        var document = await client.GetAsync("/openapi/v1.json", HttpStatusCode.OK);
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(static operation => Methods.Contains(operation.Name)))
            {
                Check($"{operation.Name} {path.Name}", operation.Value);
            }
        }

        return document;
    }

    private static void Check(string name, JsonElement operation)
    {
        Assert.True(operation.TryGetProperty("summary", out var summary) && summary.GetString() is { Length: > 5 }, $"{name} has no summary.");
        Assert.NotEmpty(operation.GetProperty("tags").EnumerateArray());
        foreach (var response in operation.GetProperty("responses").EnumerateObject().Where(static response => response.Name[0] is '4' or '5'))
        {
            var schema = response.Value.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString();
            Assert.EndsWith(response.Name == "400" ? "ValidationProblemDetails" : "ProblemDetails", schema, StringComparison.Ordinal);
        }
    }
}
