using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Gateway;

/// <summary>Makes one OpenAPI document of those of the services: as their routes look from outside, with what the gateway adds to each.</summary>
internal static class ApiDocument
{
    /// <summary>The schema of every error.</summary>
    public const string ProblemSchema = "Problem";

    private const string Bearer = "bearer";
    private static readonly string[] LimitHeaders = ["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"];
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch", "head", "options", "trace"];

    public static JsonObject Merge(IReadOnlyList<ServiceDocument> documents)
    {
        var paths = new JsonObject();
        var components = new JsonObject { ["schemas"] = new JsonObject { [ProblemSchema] = Problem() } };
        HashSet<string> operationIds = new(StringComparer.Ordinal);
        foreach (var (service, document, _) in documents)
        {
            if (document is not null)
            {
                var names = new ComponentNames(service, document["components"] as JsonObject);
                AddComponents(components, document["components"] as JsonObject, names);
                AddPaths(paths, service, (JsonObject)document["paths"]!, names, operationIds);
            }
        }

        components["securitySchemes"] = new JsonObject
        {
            [Bearer] = new JsonObject
            {
                ["type"] = "http",
                ["scheme"] = Bearer,
                ["bearerFormat"] = "JWT",
                ["description"] = "The accessToken of POST /api/auth/login.",
            },
        };
        return new JsonObject
        {
            ["openapi"] = "3.1.1",
            ["info"] = new JsonObject { ["title"] = "Tandem", ["version"] = Version, ["description"] = Describe(documents) },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = components,
            ["x-tandem-services"] = new JsonArray([.. documents.Select(static one => new JsonObject
            {
                ["name"] = one.Service,
                ["status"] = one.Document is null ? "unavailable" : "included",
                ["detail"] = one.Problem,
            })]),
        };
    }

    private static string Version { get; } =
        typeof(ApiDocument).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static string Describe(IReadOnlyList<ServiceDocument> documents)
    {
        string[] missing = [.. documents.Where(static one => one.Document is null).Select(static one => one.Service)];
        return "Every route of the shop as clients reach it, under /api and under /api/v1 alike. Errors are problem details (RFC 9457); lists take page and "
            + "pageSize; times are RFC 3339 in UTC; a POST that creates takes an Idempotency-Key."
            + (missing.Length == 0 ? "" : $" Not in here for now, because they do not answer: {string.Join(", ", missing)}.");
    }

    private static void AddComponents(JsonObject all, JsonObject? components, ComponentNames names)
    {
        foreach (var (section, content) in components ?? [])
        {
            // The scheme by which clients sign in is the gateway's to say, and the same everywhere.
            if (section == "securitySchemes" || content is not JsonObject named)
            {
                continue;
            }

            var target = all[section] as JsonObject ?? [];
            all[section] = target.Parent is null ? target : all[section];
            foreach (var (name, value) in named)
            {
                if (!target.ContainsKey(names.Of(section, name)) && value?.DeepClone() is { } copy)
                {
                    names.Apply(copy);
                    target[names.Of(section, name)] = copy;
                }
            }
        }
    }

    private static void AddPaths(JsonObject paths, string service, JsonObject own, ComponentNames names, HashSet<string> operationIds)
    {
        foreach (var (path, item) in own.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            foreach (var (method, value) in item as JsonObject ?? [])
            {
                if (value is not JsonObject || !Methods.Contains(method) || value["x-internal"] is JsonValue)
                {
                    continue;
                }

                if (PublicPathOf(service, path, method) is { } reached)
                {
                    var operation = value.DeepClone().AsObject();
                    names.Apply(operation);
                    Complete(operation, service, method, reached.Path, reached.NeedsUser, operationIds);
                    var target = paths[reached.Path] as JsonObject ?? [];
                    target[method] = operation;
                    paths[reached.Path] = target.Parent is null ? target : paths[reached.Path];
                    CopyParameters(target, item!["parameters"], names);
                }
            }
        }
    }

    private static (string Path, bool NeedsUser)? PublicPathOf(string service, string path, string method)
    {
        var trimmed = path.Length > 1 ? path.TrimEnd('/') : path;
        if (service == "gateway")
        {
            return (trimmed, trimmed.StartsWith("/admin/", StringComparison.Ordinal));
        }

        return PublicRoute.Find(service, trimmed, method) is { } route
            ? (route.HasPrefix ? $"{ProxyConfiguration.Prefixes[^1]}{trimmed}" : trimmed, route.Policy != PublicRoute.Anonymous)
            : null;
    }

    /// <summary>Adds what a service need not know: how clients sign in, the gateway's own errors, and a name for generated clients.</summary>
    private static void Complete(JsonObject operation, string service, string method, string path, bool needsUser, HashSet<string> operationIds)
    {
        operation["x-tandem-service"] = service;
        operation["operationId"] = IdOf(method, path, operationIds);
        if (needsUser || operation["security"] is JsonArray { Count: > 0 })
        {
            operation["security"] = new JsonArray(new JsonObject { [Bearer] = new JsonArray() });
        }

        NameQuery(operation["parameters"] as JsonArray ?? []);
        var responses = operation["responses"] as JsonObject ?? [];
        operation["responses"] = responses.Parent is null ? responses : operation["responses"];
        if (path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/admin/", StringComparison.Ordinal))
        {
            responses["429"] = TooManyRequests();
        }

        responses["default"] ??= ProblemResponse("Any other error.");
    }

    /// <summary>Services read a query's names in any case; clients are told the one that the shop's JSON has everywhere.</summary>
    private static void NameQuery(JsonArray parameters)
    {
        foreach (var parameter in parameters.OfType<JsonObject>().Where(static one => (string?)one["in"] == "query"))
        {
            parameter["name"] = JsonNamingPolicy.CamelCase.ConvertName((string?)parameter["name"] ?? "");
        }
    }

    /// <summary>GET /api/users/{id} is getUsersById.</summary>
    private static string IdOf(string method, string path, HashSet<string> taken)
    {
        var words = path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(static word => word == "api")
            .SelectMany(static word => word.StartsWith('{') ? ["By", word.Trim('{', '}')] : word.Split('-', '.', '_'))
            .Where(static word => word.Length > 0)
            .Select(static word => char.ToUpperInvariant(word[0]) + word[1..]);
        var wanted = method + string.Concat(words);
        var given = wanted;
        for (var i = 2; !taken.Add(given); i++)
        {
            given = $"{wanted}{i}";
        }

        return given;
    }

    private static void CopyParameters(JsonObject item, JsonNode? parameters, ComponentNames names)
    {
        if (parameters is JsonArray && !item.ContainsKey("parameters"))
        {
            var copy = parameters.DeepClone();
            names.Apply(copy);
            item["parameters"] = copy;
        }
    }

    private static JsonObject ProblemResponse(string description) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject
        {
            ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = $"#/components/schemas/{ProblemSchema}" } },
        },
    };

    private static JsonObject TooManyRequests()
    {
        var response = ProblemResponse("The client asks too much; Retry-After says when it may again.");
        response["headers"] = new JsonObject(LimitHeaders.Select(
            static name => KeyValuePair.Create<string, JsonNode?>(name, new JsonObject { ["schema"] = new JsonObject { ["type"] = "integer" } })));
        return response;
    }

    private static JsonObject Problem()
    {
        static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["type"] = Text("A URI for the kind of problem."),
                ["title"] = Text("The kind of problem in words."),
                ["status"] = new JsonObject { ["type"] = "integer" },
                ["detail"] = Text("What is wrong with this request."),
                ["instance"] = Text("The path that was asked."),
                ["traceId"] = Text("Finds the request in traces and logs."),
                ["errors"] = new JsonObject
                {
                    ["type"] = "object",
                    ["description"] = "What is wrong with each field, when the input is invalid.",
                    ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } },
                },
            },
        };
    }
}
