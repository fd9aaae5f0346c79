using System.Net;
using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Payments.PaymentApplication;

namespace Tandem.Services.Tests.Payments;

/// <summary>What CONTRACT.md says of payments that no other test holds.</summary>
public sealed class PaymentContractTests(PaymentApplication application) : IClassFixture<PaymentApplication>
{
    private readonly string _user = Ids.New();

    [Fact]
    public async Task Document_HasEveryRouteWithItsStatuses()
    {
        using var client = application.CreateAnonymousClient();

        var document = await OpenApiText.ReadAsync(client);

        Assert.Equal(
            [
                "GET /payments 200 400 401 403 503",
                "POST /payments 200 201 400 401 403 404 409 422 503",
                "GET /payments/{id} 200 401 403 404 503",
                "POST /payments/{id}/cancel 200 401 403 404 409 503",
                "POST /payments/{id}/process 200 401 403 404 409 503",
                "POST /payments/{id}/refund 200 400 401 403 404 409 422 503",
                "GET /users/{userId}/payments 200 400 401 403 404 503",
            ],
            OpenApiText.OperationsOf(document));
    }

    [Fact]
    public async Task Payment_HasItsFields()
    {
        using var client = application.CreateClient(_user);

        var payment = await CreateAsync(client, _user);

        string[] expected =
        [
            "id", "userId", "orderId", "basketId", "amount", "currency", "status", "method", "provider", "providerId", "description", "metadata", "items",
            "createdAt", "updatedAt", "processedAt", "expiresAt", "failureReason",
        ];
        Assert.Empty(expected.Except(payment.EnumerateObject().Select(static field => field.Name)));
    }

    [Theory]
    [InlineData("""{ "items": [null] }""", "items[0]")]
    [InlineData("""{ "items": [{ "name": "", "price": 1, "quantity": 1 }] }""", "items[0].name")]
    [InlineData("""{ "items": [{ "name": "4242 4242 4242 4242", "price": 1, "quantity": 1 }] }""", "items[0].name")]
    [InlineData("""{ "items": [{ "name": "Cup", "price": -1, "quantity": 1 }] }""", "items[0].price")]
    [InlineData("""{ "items": [{ "name": "Cup", "price": 1, "quantity": 0 }] }""", "items[0].quantity")]
    [InlineData("""{ "orderId": "x", "amount": null }""", "orderId")]
    [InlineData("""{ "basketId": "x", "amount": null }""", "basketId")]
    [InlineData("""{ "metadata": { "note": null } }""", "metadata")]
    public async Task Create_WithBadDetail_Is400NamingIt(string change, string field)
    {
        using var client = application.CreateClient(_user);
        var body = new Dictionary<string, object?> { ["userId"] = _user, ["amount"] = 5m, ["method"] = "card", ["token"] = "tok_visa" };
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(change)!)
        {
            body[name] = value;
        }

        var problem = await PostAsync(client, "/payments", body, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task IdempotencyKeys_OfPayments_HoldToTheRules()
    {
        var otherUser = Ids.New();
        using var client = application.CreateClient(_user);
        using var other = application.CreateClient(otherUser);
        var body = new { userId = _user, amount = 3m, method = "card", token = "tok_visa" };

        await IdempotencyRules.HoldAsync(
            client, other, "/payments", body, body with { amount = 4m }, "/payments", body with { userId = otherUser }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task IdempotencyKeys_OfRefunds_HoldToTheRules()
    {
        var otherUser = Ids.New();
        using var client = application.CreateClient(_user);
        using var other = application.CreateClient(otherUser);
        var paid = (await CreateAsync(client, _user)).Text("id");
        var others = (await CreateAsync(other, otherUser)).Text("id");
        await PostAsync(client, $"/payments/{paid}/process");
        await PostAsync(other, $"/payments/{others}/process");

        await IdempotencyRules.HoldAsync(
            client, other, $"/payments/{paid}/refund", new { amount = 5m }, new { amount = 6m }, $"/payments/{others}/refund", new { amount = 5m }, HttpStatusCode.OK);

        Assert.Equal(5m, (await GetAsync(client, $"/payments/{paid}")).GetProperty("refundedAmount").GetDecimal());
    }

    [Theory]
    [InlineData("/payments?userId=me", "userId")]
    [InlineData("/payments?orderId=mine", "orderId")]
    public async Task List_ByAMalformedId_Is400(string path, string field)
    {
        using var admin = application.CreateAdminClient();

        var problem = await GetAsync(admin, path, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.ToString());
    }

    [Fact]
    public async Task EveryRouteOfAPayment_WithAMalformedOrUnknownId_Is404()
    {
        using var admin = application.CreateAdminClient();

        foreach (var id in (string[])["abc", Ids.New(), Ids.New().ToUpperInvariant()])
        {
            await GetAsync(admin, $"/payments/{id}", HttpStatusCode.NotFound);
            foreach (var action in (string[])["process", "cancel", "refund"])
            {
                await PostAsync(admin, $"/payments/{id}/{action}", expected: HttpStatusCode.NotFound);
            }
        }

        await GetAsync(admin, "/users/abc/payments", HttpStatusCode.NotFound);
        Assert.Equal(0, (await GetAsync(admin, $"/users/{Ids.New()}/payments")).Number("total"));
    }

    [Fact]
    public async Task Create_OfAnOrderThatIsPaid_Is409()
    {
        var orderId = Ids.New();
        application.Sidecar.Answer("order", request => request.Path == $"/orders/{orderId}"
            ? InvokedAnswer.Json(new { userId = _user, status = "paid", total = 42m, currency = "USD", items = Array.Empty<object>() })
            : InvokedAnswer.NotFound);
        using var client = application.CreateClient(_user);

        var problem = await PostAsync(client, "/payments", new { userId = _user, orderId, method = "card", token = "tok_visa" }, HttpStatusCode.Conflict);

        Assert.Contains("paid", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_OfPayments_CarryAllTheirData()
    {
        using var orders = application.CreateServiceClient("order");
        var (paidOrder, failedOrder) = (Ids.New(), Ids.New());
        var paid = await OfOrderAsync(paidOrder, "tok_visa");
        var failed = await OfOrderAsync(failedOrder, "tok_insufficient");
        await PostAsync(orders, $"/payments/{paid}/refund", new { amount = 2.50m, reason = "scratched" });
        await application.Sidecar.WaitForAsync<PaymentRefunded>(e => e.PaymentId == paid);

        Check("PaymentCompleted", paid, paidOrder, 9.99m, null);
        Check("PaymentRefunded", paid, paidOrder, 2.50m, "scratched");
        Check("PaymentFailed", failed, failedOrder, 9.99m, "insufficient_funds");

        async Task<string> OfOrderAsync(string orderId, string token)
        {
            var made = await PostAsync(orders, "/payments", new { userId = _user, orderId, amount = 9.99m, currency = "EUR", method = "card", token }, HttpStatusCode.Created);
            await PostAsync(orders, $"/payments/{made.Text("id")}/process");
            return made.Text("id");
        }

        void Check(string type, string paymentId, string orderId, decimal amount, string? reason)
        {
            var told = Assert.Single(application.Sidecar.Published, e => e.Type == type && e.Subject == paymentId);
            Assert.Equal(["paymentId", "orderId", "userId", "amount", "currency", "reason"], told.Data.EnumerateObject().Select(static field => field.Name));
            Assert.Equal(
                (paymentId, orderId, _user, amount, "EUR", reason),
                (told.Data.Text("paymentId"), told.Data.Text("orderId"), told.Data.Text("userId"), told.Data.GetProperty("amount").GetDecimal(), told.Data.Text("currency"), told.Data.GetProperty("reason").GetString()));
            Assert.Equal("payment-events", told.Topic);
        }
    }

    [Fact]
    public async Task RefundAndCancel_AtOnce_OneWinsAndTheMoneyIsExact()
    {
        using var client = application.CreateClient(_user);

        for (var round = 0; round < 10; round++)
        {
            var id = (await CreateAsync(client, _user, amount: 10m)).Text("id");
            var answers = await Task.WhenAll(((string[])["process", "cancel", "refund", "cancel", "refund"]).Select(async action =>
            {
                using var response = await client.PostAsync(new Uri($"/payments/{id}/{action}", UriKind.Relative), null);
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict, $"{action} was answered {(int)response.StatusCode}");
                return (action, IsDone: response.StatusCode == HttpStatusCode.OK);
            }));

            var done = answers.Where(static answer => answer.IsDone).Select(static answer => answer.action).Order().ToArray();
            var payment = await GetAsync(client, $"/payments/{id}");
            var (status, refunded) = (payment.Text("status"), payment.GetProperty("refundedAmount").GetDecimal());
            switch (string.Join(' ', done))
            {
                case "cancel":
                    Assert.Equal(("cancelled", 0m), (status, refunded));
                    break;
                case "process":
                    Assert.Equal(("completed", 0m), (status, refunded));
                    break;
                case "process refund":
                    Assert.Equal(("refunded", 10m), (status, refunded));
                    break;
                default:
                    Assert.Fail($"These went well together: {string.Join(' ', done)}");
                    break;
            }
        }
    }

    [Fact]
    public async Task Metrics_OfPayments_CountOutcomesAndMoney()
    {
        await using var own = new PaymentApplication();
        await own.StartAsync();
        using var client = own.CreateClient(_user);
        Assert.Equal(0, (await MetricsText.ReadAsync(client)).Of("tandem_payments_total{outcome=\"expired\"}"));
        var paid = (await CreateAsync(client, _user, amount: 10m)).Text("id");
        var declined = (await CreateAsync(client, _user, "tok_declined")).Text("id");
        var cancelled = (await CreateAsync(client, _user)).Text("id");

        await PostAsync(client, $"/payments/{paid}/process");
        await PostAsync(client, $"/payments/{declined}/process");
        await PostAsync(client, $"/payments/{cancelled}/cancel");
        await PostAsync(client, $"/payments/{paid}/refund", new { amount = 2.50m });
        await PostAsync(client, $"/payments/{paid}/refund", new { amount = 2.50m });
        await PostAsync(client, $"/payments/{paid}/refund");

        var metrics = await MetricsText.ReadAsync(client);
        Assert.Equal(1, metrics.Of("tandem_payments_total{outcome=\"completed\"}"));
        Assert.Equal(1, metrics.Of("tandem_payments_total{outcome=\"failed\"}"));
        Assert.Equal(1, metrics.Of("tandem_payments_total{outcome=\"cancelled\"}"));
        Assert.Equal(2, metrics.Of("tandem_payments_total{outcome=\"partially_refunded\"}"));
        Assert.Equal(1, metrics.Of("tandem_payments_total{outcome=\"refunded\"}"));
        Assert.Equal(1, metrics.Of("tandem_payments_failures_total{reason=\"card_declined\"}"));
        Assert.Equal(10, metrics.Of("tandem_payments_collected_total{currency=\"USD\"}"));
        Assert.Equal(10, metrics.Of("tandem_payments_refunded_total{currency=\"USD\"}"));
    }
}
