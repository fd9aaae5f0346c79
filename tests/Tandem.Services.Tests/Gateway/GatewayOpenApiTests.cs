using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Analytics;
using Tandem.Basket;
using Tandem.Gateway;
using Tandem.Product;
using Tandem.Services.Tests.Defaults;
using ManualTimeProvider = Tandem.Services.Tests.Defaults.ManualTimeProvider;

namespace Tandem.Services.Tests.Gateway;

public sealed class GatewayOpenApiTests : IAsyncLifetime
{
    private const string Document = """
        {
          "openapi": "3.1.1", "info": { "title": "one", "version": "1" },
          "paths": {
            "/WHERE/": { "get": { "tags": ["Things"], "responses": { "200": { "description": "OK", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } } } },
            "/WHERE/{id}": { "post": { "tags": ["Things"], "responses": { "409": { "description": "no", "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/ProblemDetails" } } } } } } },
            "/WHERE/hidden": { "post": { "x-internal": true, "responses": {} } },
            "/not-for-clients": { "get": { "responses": {} } }
          },
          "components": { "schemas": {
            "Thing": { "type": "object", "properties": { "WHERE": { "$ref": "#/components/schemas/Part" } } },
            "Part": { "type": "string" },
            "ProblemDetails": { "type": "object" }
          } }
        }
        """;

    private readonly ManualTimeProvider _clock = new();
    private readonly ServiceApplication<GatewayService> _gateway;
    private HttpClient _client = null!;

    public GatewayOpenApiTests() => _gateway = new ServiceApplication<GatewayService> { Clock = _clock }
        .With("RATE_LIMIT_ENABLED", "false").With("NOTIFICATION_SERVICE_ENABLED", "false");

    public async Task InitializeAsync()
    {
        await _gateway.StartAsync();
        Serve("product", "products");
        Serve("basket", "baskets");
        Serve("order", "orders");
        Serve("payment", "payments");
        Serve("analytics", "analytics");
        Serve("identity", "users");
        _client = _gateway.CreateAnonymousClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Document_HasTheRoutesOfAllServicesAsClientsReachThem()
    {
        var paths = (await ReadAsync())["paths"]!.AsObject().Select(static path => path.Key).ToList();

        Assert.Superset(new HashSet<string> { "/api/products", "/api/products/{id}", "/api/baskets", "/api/orders/{id}", "/api/users", "/admin/status", "/health/detailed" }, paths.ToHashSet());
        Assert.DoesNotContain(paths, static path => path.Contains("hidden", StringComparison.Ordinal) || path.Contains("not-for-clients", StringComparison.Ordinal) || path.Contains("notifications", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Schemas_OfTheSameNameInTwoServices_AreTwo()
    {
        var document = await ReadAsync();

        var schemas = document["components"]!["schemas"]!.AsObject();
        Assert.Equal("#/components/schemas/ProductPart", (string?)schemas["ProductThing"]!["properties"]!["products"]!["$ref"]);
        Assert.Equal("#/components/schemas/BasketPart", (string?)schemas["BasketThing"]!["properties"]!["baskets"]!["$ref"]);
        Assert.Equal(
            "#/components/schemas/Problem",
            (string?)document["paths"]!["/api/orders/{id}"]!["post"]!["responses"]!["409"]!["content"]!["application/problem+json"]!["schema"]!["$ref"]);
        Assert.DoesNotContain(schemas, static schema => schema.Key.EndsWith("ProblemDetails", StringComparison.Ordinal));
        AssertReferencesLead(document, document);
    }

    [Fact]
    public async Task Operations_SayWhoMayCallAndWhatTheGatewayAdds()
    {
        var document = await ReadAsync();

        var list = document["paths"]!["/api/products"]!["get"]!;
        var write = document["paths"]!["/api/products/{id}"]!["post"]!;
        Assert.Null(list["security"]);
        Assert.NotNull(write["security"]![0]!["bearer"]);
        Assert.NotNull(document["paths"]!["/admin/status"]!["get"]!["security"]![0]!["bearer"]);
        Assert.Equal("http", (string?)document["components"]!["securitySchemes"]!["bearer"]!["type"]);
        Assert.NotNull(list["responses"]!["429"]!["content"]!["application/problem+json"]);
        Assert.NotNull(list["responses"]!["429"]!["headers"]!["Retry-After"]);
        Assert.NotNull(list["responses"]!["default"]!["content"]!["application/problem+json"]);
        var ids = document["paths"]!.AsObject().SelectMany(static path => path.Value!.AsObject().Select(static operation => (string)operation.Value!["operationId"]!)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.Contains("getProducts", ids);
    }

    [Fact]
    public async Task Service_ThatIsDown_IsLeftOutAndNamedAndComesBack()
    {
        _gateway.Sidecar.Answer("order", static _ => new InvokedAnswer(500, """{"errorCode":"ERR_DIRECT_INVOKE"}"""));
        _gateway.Sidecar.Answer("payment", static _ => new InvokedAnswer(200, "no document"));

        var without = await ReadAsync();
        Serve("order", "orders");
        Serve("payment", "payments");
        var stillWithout = await ReadAsync();
        _clock.Advance(TimeSpan.FromSeconds(3));
        var with = await ReadAsync();

        Assert.False(without["paths"]!.AsObject().ContainsKey("/api/orders"));
        Assert.Equal(["order", "payment"], without["x-tandem-services"]!.AsArray().Where(static one => (string?)one!["status"] == "unavailable").Select(static one => (string)one!["name"]!).Order());
        Assert.Contains("order", (string)without["info"]!["description"]!, StringComparison.Ordinal);
        Assert.False(stillWithout["paths"]!.AsObject().ContainsKey("/api/orders"));
        Assert.True(with["paths"]!.AsObject().ContainsKey("/api/orders"));
        Assert.All(with["x-tandem-services"]!.AsArray(), static one => Assert.Equal("included", (string?)one!["status"]));
    }

    [Fact]
    public async Task Document_IsMadeOnceInAWhileAndHasATag()
    {
        using var first = await _client.GetAsync(Http.At("/openapi/v1.json"));
        var asked = _gateway.Sidecar.Invoked.Count;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _client.SendAsync(request);
        _clock.Advance(TimeSpan.FromSeconds(16));
        await ReadAsync();

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(asked * 2, _gateway.Sidecar.Invoked.Count);
    }

    [Fact]
    public async Task Documents_OfRealServices_BecomeOne()
    {
        await using var product = new ServiceApplication<ProductService>();
        await using var basket = new ServiceApplication<BasketService>();
        await using var analytics = new ServiceApplication<AnalyticsService>();
        await basket.StartAsync();
        await product.StartAsync();
        await analytics.StartAsync();
        using var productClient = product.CreateAnonymousClient();
        using var analyticsClient = analytics.CreateAnonymousClient();
        var productDocument = await productClient.GetStringAsync(Http.At("/openapi/v1.json"));
        var analyticsDocument = await analyticsClient.GetStringAsync(Http.At("/openapi/v1.json"));
        using var basketClient = basket.CreateAnonymousClient();
        var basketDocument = await basketClient.GetStringAsync(Http.At("/openapi/v1.json"));
        _gateway.Sidecar.Answer("basket", _ => new InvokedAnswer(200, basketDocument));
        _gateway.Sidecar.Answer("product", _ => new InvokedAnswer(200, productDocument));
        _gateway.Sidecar.Answer("analytics", _ => new InvokedAnswer(200, analyticsDocument));

        var document = await ReadAsync();

        var paths = document["paths"]!.AsObject();
        Assert.All(
            ["/api/products", "/api/products/{id}", "/api/products/search", "/api/analytics/windows", "/admin/deadletters", "/admin/deadletters/{id}/retry"],
            path => Assert.True(paths.ContainsKey(path), path));
        Assert.Superset(
            new HashSet<string> { "category", "minPrice", "page", "pageSize" },
            paths["/api/products"]!["get"]!["parameters"]!.AsArray().Select(static one => (string)one!["name"]!).ToHashSet());
        Assert.True(paths.ContainsKey("/api/baskets/{userId}/items"));
        Assert.False(paths.ContainsKey("/api/baskets/{userId}/checkout"), "Only services may check a basket out.");
        Assert.Null(paths["/api/products"]!["get"]!["security"]);
        Assert.NotNull(paths["/api/products"]!["post"]!["security"]);
        Assert.NotNull(paths["/admin/deadletters"]!["get"]!["security"]);
        AssertReferencesLead(document, document);
    }

    [Fact]
    public void Names_ThatTheirPrefixMakesEqual_StayTwo()
    {
        var components = JsonNode.Parse("""{"schemas":{"OrderLine":{},"Line":{}}}""")!.AsObject();

        var names = new ComponentNames("order", components);

        Assert.Equal(("OrderLine", "OrderLine2"), (names.Of("schemas", "OrderLine"), names.Of("schemas", "Line")));
    }

    private void Serve(string service, string where)
        => _gateway.Sidecar.Answer(service, request => request.Path == "/.well-known/jwks.json"
            ? InvokedAnswer.Json(TestTokens.Jwks)
            : new InvokedAnswer(200, Document.Replace("WHERE", where, StringComparison.Ordinal)));

    private async Task<JsonNode> ReadAsync()
        => JsonSerializer.SerializeToNode(await _client.GetAsync("/openapi/v1.json", HttpStatusCode.OK))!;

    /// <summary>Every reference within the document leads somewhere.</summary>
    private static void AssertReferencesLead(JsonNode document, JsonNode? node)
    {
        if (node is JsonObject pairs)
        {
            foreach (var (key, value) in pairs)
            {
                if (key == "$ref")
                {
                    var found = ((string)value!).Split('/').Skip(1).Aggregate(document, static (at, part) => at?[part]!);
                    Assert.True(found is not null, $"{value} leads nowhere");
                }

                AssertReferencesLead(document, value);
            }
        }

        foreach (var item in node as JsonArray ?? [])
        {
            AssertReferencesLead(document, item);
        }
    }
}
