using System.Net;
using System.Text.Json;
using Dapper;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Contracts.Grpc.Product.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Grpc;
using Tandem.Services.Tests.Product;

namespace Tandem.Services.Tests.Security;

/// <summary>What admins change is written down: in the log whatever LOG_LEVEL says, and in the database where there is one.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class AuditTests(SecuredMesh mesh)
{
    private const string Category = "Tandem.Audit";
    private static readonly int[] Ages = [399, 401];

    [Fact]
    public async Task Change_ByAnAdmin_IsWrittenDownWithWhoWhatWhichAndHowItEnded()
    {
        await using var application = new ProductApplication();
        application.With("LOG_LEVEL", "fatal");
        await application.StartAsync();
        var adminId = Ids.New();
        using var admin = application.CreateClient(adminId, TandemClaims.AdminRole);
        admin.DefaultRequestHeaders.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        var product = await admin.PostAsync("/products", new { name = "A secret name", price = 5, category = "c" }, HttpStatusCode.Created);
        var id = product.Number("id");
        await admin.PutAsync($"/products/{id}/stock", new { quantity = 5 }, HttpStatusCode.OK);
        await admin.PutAsync($"/products/{id}", new { name = "", price = 5 }, HttpStatusCode.BadRequest);
        await admin.DeleteAsync($"/products/{id}", HttpStatusCode.NoContent);
        await admin.DeleteAsync($"/products/{id}", HttpStatusCode.NotFound);

        (string Action, string Target, string Outcome, int Status)[] expected =
        [
            ("POST /products", $"made=/products/{id}", "done", 201),
            ("PUT /products/{id:int}/stock", $"id={id}", "done", 200),
            ("PUT /products/{id:int}", $"id={id}", "refused", 400),
            ("DELETE /products/{id:int}", $"id={id}", "done", 204),
            ("DELETE /products/{id:int}", $"id={id}", "refused", 404),
        ];
        var logged = application.Logs.Of(Category).ToList();
        Assert.Equal(expected, logged.Select(static entry => (entry.Fields["Action"]!, entry.Fields["Target"]!, entry.Fields["Outcome"]!, int.Parse(entry.Fields["Status"]!, null))));
        Assert.All(logged, entry => Assert.Equal((adminId, "product", "0af7651916cd43dd8448eb211c80319c"), (entry.Fields["UserId"], entry.Fields["Service"], entry.Fields["TraceId"])));
        Assert.All(logged, static entry => Assert.True(DateTimeOffset.Parse(entry.Fields["At"]!, null) > DateTimeOffset.UtcNow.AddMinutes(-5)));
        Assert.DoesNotContain(logged, static entry => JsonSerializer.Serialize(entry).Contains("secret name", StringComparison.Ordinal));
        Assert.Equal(expected, (await KeptAsync(application.Services)).Select(static row => (row.Action, row.Target, row.Outcome, row.Status)));
    }

    [Fact]
    public async Task Request_OfACustomerOrThatReads_IsNotWrittenDown()
    {
        await using var application = new ProductApplication();
        await application.StartAsync();
        using var admin = application.CreateAdminClient();
        using var customer = application.CreateClient(Ids.New());

        await admin.GetAsync("/products/1", HttpStatusCode.OK);
        await customer.DeleteAsync("/products/1", HttpStatusCode.Forbidden);
        await new ProductService.ProductServiceClient(application.GrpcOfAdmin()).GetProductAsync(new GetProductRequest { Id = 1 });

        Assert.Empty(application.Logs.Of(Category));
        Assert.Empty(await KeptAsync(application.Services));
    }

    [Fact]
    public async Task Change_OverGrpc_IsWrittenDownUnderItsMethod()
    {
        await using var application = new ProductApplication();
        await application.StartAsync();
        var admin = new ProductService.ProductServiceClient(application.GrpcOfAdmin());

        await admin.DeleteProductAsync(new DeleteProductRequest { Id = 1 });
        await admin.DeleteProductAsync(new DeleteProductRequest { Id = 1 }).FailsAsync(StatusCode.NotFound);

        Assert.Equal(
            [("/tandem.product.v1.ProductService/DeleteProduct", "done"), ("/tandem.product.v1.ProductService/DeleteProduct", "refused")],
            application.Logs.Of(Category).Select(static entry => (entry.Fields["Action"]!, entry.Fields["Outcome"]!)));
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryChangingRoute_CalledByAnAdmin_IsWrittenDownOnce(string name)
    {
        var service = mesh[name];
        using var admin = service.ClientOf(service.AdminToken);
        foreach (var route in service.GuardedRoutes.Where(static route => route.Changes))
        {
            // Ids of nothing: what counts is that it was tried.
            using var request = route.RequestAbout(Ids.New(), Ids.New());
            var path = request.RequestUri!.OriginalString;
            request.RequestUri = new Uri(path.StartsWith("/products/1", StringComparison.Ordinal) ? path.Replace("/products/1", "/products/999999", StringComparison.Ordinal) : path, UriKind.Relative);
            request.Headers.Add("traceparent", $"00-{Guid.NewGuid():N}-b7ad6b7169203331-01");
            var traceId = request.Headers.GetValues("traceparent").Single().Split('-')[1];

            using var response = await admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

            var entries = service.Logs.Of(Category).Where(entry => entry.Fields["TraceId"] == traceId).ToList();
            Assert.True(entries.Count == 1, $"{route.Key} was written down {entries.Count} times; its answer was {(int)response.StatusCode}");
            var entry = entries[0];
            Assert.Equal(((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture), entry.Fields["Status"]);
            Assert.StartsWith(route.Method, entry.Fields["Action"], StringComparison.Ordinal);
        }

        Assert.Contains(service.GuardedRoutes, static route => route.Changes);
    }

    [Fact]
    public async Task Target_OfTheClientsMaking_StaysOneLine()
    {
        var service = mesh["notification"];
        using var admin = service.ClientOf(service.AdminToken);

        using var response = await admin.DeleteAsync(Http.At("/notifications/a%0d%0aAdmin%20root%1b%5b31m=x"));

        var entry = Assert.Single(service.Logs.Of(Category), static entry => entry.Fields["Target"]!.StartsWith("id=a__Admin_root_", StringComparison.Ordinal));
        Assert.DoesNotContain(entry.Text, static c => char.IsControl(c));
    }

    [Fact]
    public async Task Gateway_WritesDownItsOwnRoutesAlone()
    {
        await using var service = await TestService.StartAsync(
            static app =>
            {
                app.MapPost("/admin/things/{id}/retry", static () => "done").RequireAuthorization(Policies.Admin);
                app.MapPost("/api/things", static () => "passed on").RequireAuthorization(Policies.Admin);
                app.MapPost("/admin/broken", static string () => throw new InvalidOperationException("broken")).RequireAuthorization(Policies.Admin);
            },
            static builder => builder.Services.Configure<AuditOptions>(static audit => audit.Under = "/admin"));
        using var admin = service.Client;
        admin.DefaultRequestHeaders.Authorization = new("Bearer", TestTokens.Create(Ids.New(), [TandemClaims.AdminRole]));

        await admin.PostAsync("/admin/things/7/retry", null);
        await admin.PostAsync("/api/things", null);
        await admin.PostAsync("/admin/broken", null);

        (string, string, string, int)[] expected = [("POST /admin/things/{id}/retry", "id=7", "done", 200), ("POST /admin/broken", "", "failed", 500)];
        Assert.Equal(expected, (await KeptAsync(service.Services)).Select(static row => (row.Action, row.Target, row.Outcome, row.Status)));
    }

    [Fact]
    public async Task Entries_OlderThan400Days_AreForgotten()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new ProductApplication { Clock = clock };
        await application.StartAsync();
        await application.Services.GetRequiredService<Database>().WriteAsync(
            tx => tx.Connection!.ExecuteAsync(
                "INSERT INTO audit_log (id, at, user_id, action, target, outcome, status, trace_id) VALUES (@Id, @At, 'u', 'a', @Age, 'done', 200, 't')",
                Ages.Select(days => new { Id = Ids.New(), At = clock.GetUtcNow() - TimeSpan.FromDays(days), Age = $"{days} days" }),
                tx),
            CancellationToken.None);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await KeptAsync(application.Services)).Count > 1)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMinutes(10));
        }

        Assert.Equal("399 days", Assert.Single(await KeptAsync(application.Services)).Target);
    }

    private static async Task<IReadOnlyList<Row>> KeptAsync(IServiceProvider services)
    {
        await using var connection = await services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        return (await connection.QueryAsync<Row>("SELECT action, target, outcome, status FROM audit_log ORDER BY at, id")).AsList();
    }

    private sealed class Row
    {
        public string Action { get; init; } = "";

        public string Target { get; init; } = "";

        public string Outcome { get; init; } = "";

        public int Status { get; init; }
    }
}
