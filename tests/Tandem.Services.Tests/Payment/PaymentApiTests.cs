using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Payments.PaymentApplication;

namespace Tandem.Services.Tests.Payments;

[Trait("Storage", "Relational")]
public sealed class PaymentApiTests(PaymentApplication application) : IClassFixture<PaymentApplication>
{
    private readonly string _user = Ids.New();

    [Fact]
    public async Task Create_OfAmount_IsPendingForThirtyMinutes()
    {
        using var client = application.CreateClient(_user);
        using var response = await client.PostAsJsonAsync("/payments", new { userId = _user, amount = 12.30m, method = "card", token = "tok_visa", metadata = new { note = "gift" } });

        var payment = await ReadAsync(response, HttpStatusCode.Created);

        Assert.Equal($"/payments/{payment.GetProperty("id").GetString()}", response.Headers.Location?.ToString());
        Assert.Equal("pending", payment.GetProperty("status").GetString());
        Assert.Equal("USD", payment.GetProperty("currency").GetString());
        Assert.Equal("gift", payment.GetProperty("metadata").GetProperty("note").GetString());
        Assert.Equal(payment.GetProperty("createdAt").GetDateTimeOffset().AddMinutes(30), payment.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.False(payment.TryGetProperty("token", out _));
        var read = await GetAsync(client, $"/payments/{payment.GetProperty("id").GetString()}");
        Assert.Equal(payment.ToString(), read.ToString());
    }

    [Theory]
    [InlineData("""{ "amount": 0 }""", "amount")]
    [InlineData("""{ "amount": -1 }""", "amount")]
    [InlineData("""{ "amount": 1.001 }""", "amount")]
    [InlineData("""{ "amount": null }""", "amount")]
    [InlineData("""{ "currency": "usd" }""", "currency")]
    [InlineData("""{ "method": "" }""", "method")]
    [InlineData("""{ "token": "" }""", "token")]
    [InlineData("""{ "token": "4242424242424242" }""", "token")]
    [InlineData("""{ "token": "1234 5678 9012" }""", "token")]
    [InlineData("""{ "userId": "me" }""", "userId")]
    [InlineData("""{ "description": "4242 4242 4242 4242" }""", "description")]
    [InlineData("""{ "metadata": { "card": "4242424242424242" } }""", "metadata")]
    public async Task Create_WithBadField_Is400NamingIt(string change, string field)
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
    public async Task Create_OfBasket_TakesItsTotal()
    {
        application.Sidecar.Answer("basket", request => request.Path == $"/baskets/{_user}"
            ? InvokedAnswer.Json(new { total = 30m, currency = "USD", items = new[] { new { productId = 3, name = "Cup", price = 10m, quantity = 3 } } })
            : InvokedAnswer.NotFound);
        using var client = application.CreateClient(_user);

        var payment = await PostAsync(client, "/payments", new { userId = _user, basketId = _user, method = "card", token = "tok_visa" }, HttpStatusCode.Created);

        Assert.Equal(30m, payment.GetProperty("amount").GetDecimal());
        Assert.Equal("Cup", payment.GetProperty("items")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Create_OfEmptyBasket_Is409_AndOfAnothersBasket404()
    {
        application.Sidecar.Answer("basket", static _ => InvokedAnswer.Json(new { total = 0m, currency = "USD", items = Array.Empty<object>() }));
        using var client = application.CreateClient(_user);

        await PostAsync(client, "/payments", new { userId = _user, basketId = _user, method = "card", token = "tok_visa" }, HttpStatusCode.Conflict);
        await PostAsync(client, "/payments", new { userId = _user, basketId = Ids.New(), method = "card", token = "tok_visa" }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Create_WhileBasketIsDown_Is503()
    {
        application.Sidecar.Answer("basket", static _ => new InvokedAnswer(500));
        using var client = application.CreateClient(_user);

        using var response = await client.PostAsJsonAsync("/payments", new { userId = _user, basketId = _user, method = "card", token = "tok_visa" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Create_OfOrderByItsUser_TakesTotalOfTheOrder()
    {
        var orderId = Ids.New();
        application.Sidecar.Answer("order", request => request.Path == $"/orders/{orderId}"
            ? InvokedAnswer.Json(new { userId = _user, status = "reserved", total = 42m, currency = "USD", items = Array.Empty<object>() })
            : InvokedAnswer.NotFound);
        using var client = application.CreateClient(_user);
        var request = new { userId = _user, orderId, method = "card", token = "tok_visa" };

        var payment = await PostAsync(client, "/payments", request, HttpStatusCode.Created);

        Assert.Equal(42m, payment.GetProperty("amount").GetDecimal());
        await PostAsync(client, "/payments", request, HttpStatusCode.Conflict);
        await PostAsync(client, "/payments", request with { orderId = Ids.New() }, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Create_ForSameOrderByTheOrderService_AnswersTheExistingOne()
    {
        using var orders = application.CreateServiceClient("order");
        var request = new { userId = _user, orderId = Ids.New(), amount = 9.99m, currency = "USD", method = "card", token = "tok_visa" };

        var made = await PostAsync(orders, "/payments", request, HttpStatusCode.Created);
        var again = await PostAsync(orders, "/payments", request);

        Assert.Equal(made.GetProperty("id").GetString(), again.GetProperty("id").GetString());
        await PostAsync(orders, "/payments", request with { amount = 10m }, HttpStatusCode.Conflict);
        var found = await GetAsync(orders, $"/payments?orderId={request.orderId}");
        Assert.Equal(1, found.GetProperty("total").GetInt64());
    }

    [Theory]
    [InlineData("tok_visa", "completed", null)]
    [InlineData("tok_flaky", "completed", null)]
    [InlineData("tok_declined", "failed", "card_declined")]
    [InlineData("tok_insufficient", "failed", "insufficient_funds")]
    public async Task Process_ByToken_EndsAsTheProviderSays(string token, string status, string? reason)
    {
        using var client = application.CreateClient(_user);
        var created = await CreateAsync(client, _user, token);
        var id = created.GetProperty("id").GetString();

        var processed = await PostAsync(client, $"/payments/{id}/process");

        Assert.Equal(status, processed.GetProperty("status").GetString());
        Assert.Equal(reason, processed.TryGetProperty("failureReason", out var failure) ? failure.GetString() : null);
        Assert.NotEqual(JsonValueKind.Null, processed.GetProperty("processedAt").ValueKind);
        await PostAsync(client, $"/payments/{id}/process", expected: HttpStatusCode.Conflict);
        await PostAsync(client, $"/payments/{id}/cancel", expected: HttpStatusCode.Conflict);
        if (reason is null)
        {
            await application.Sidecar.WaitForAsync<PaymentCompleted>(e => e.PaymentId == id && e.Amount == 25.50m && e.UserId == _user);
        }
        else
        {
            await application.Sidecar.WaitForAsync<PaymentFailed>(e => e.PaymentId == id && e.Reason == reason);
        }
    }

    [Fact]
    public async Task Refund_InParts_TellsEachOnce()
    {
        using var client = application.CreateClient(_user);
        var id = (await CreateAsync(client, _user)).GetProperty("id").GetString();
        await PostAsync(client, $"/payments/{id}/refund", expected: HttpStatusCode.Conflict);
        await PostAsync(client, $"/payments/{id}/process");

        var part = await PostAsync(client, $"/payments/{id}/refund", new { amount = 5.50m, reason = "scratched" });
        await PostAsync(client, $"/payments/{id}/refund", new { amount = 20.01m }, HttpStatusCode.Conflict);
        await PostAsync(client, $"/payments/{id}/refund", new { amount = -1 }, HttpStatusCode.BadRequest);
        var rest = await PostAsync(client, $"/payments/{id}/refund");

        Assert.Equal("partially_refunded", part.GetProperty("status").GetString());
        Assert.Equal("refunded", rest.GetProperty("status").GetString());
        await application.Sidecar.WaitForAsync<PaymentRefunded>(e => e.PaymentId == id && e.Amount == 5.50m && e.Reason == "scratched");
        await application.Sidecar.WaitForAsync<PaymentRefunded>(e => e.PaymentId == id && e.Amount == 20m);
        Assert.Equal(2, application.Sidecar.PublishedOf<PaymentRefunded>().Count(e => e.PaymentId == id));
    }

    [Fact]
    public async Task Refund_OfAnOrdersPaymentByItsUser_Is403()
    {
        using var orders = application.CreateServiceClient("order");
        var made = await PostAsync(orders, "/payments", new { userId = _user, orderId = Ids.New(), amount = 5m, method = "card", token = "tok_visa" }, HttpStatusCode.Created);
        var path = $"/payments/{made.GetProperty("id").GetString()}";
        await PostAsync(orders, $"{path}/process");
        using var client = application.CreateClient(_user);

        await PostAsync(client, $"{path}/refund", expected: HttpStatusCode.Forbidden);

        var refunded = await PostAsync(orders, $"{path}/refund");
        Assert.Equal("refunded", refunded.GetProperty("status").GetString());
    }

    [Fact]
    public async Task EveryRoute_ForAnotherUser_Is403_AndWithoutOne401()
    {
        using var client = application.CreateClient(_user);
        var id = (await CreateAsync(client, _user)).GetProperty("id").GetString();
        using var other = application.CreateClient(Ids.New());
        using var nobody = application.CreateAnonymousClient();

        foreach (var path in (string[])[$"/payments/{id}", $"/users/{_user}/payments", $"/payments?userId={_user}"])
        {
            await GetAsync(other, path, HttpStatusCode.Forbidden);
            await GetAsync(nobody, path, HttpStatusCode.Unauthorized);
        }

        foreach (var action in (string[])["process", "cancel", "refund"])
        {
            await PostAsync(other, $"/payments/{id}/{action}", expected: HttpStatusCode.Forbidden);
            await PostAsync(nobody, $"/payments/{id}/{action}", expected: HttpStatusCode.Unauthorized);
        }

        await PostAsync(other, "/payments", new { userId = _user, amount = 1, method = "card", token = "tok_visa" }, HttpStatusCode.Forbidden);
        Assert.Equal("pending", (await GetAsync(client, $"/payments/{id}")).GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("00000000-0000-7000-8000-000000000000")]
    public async Task Get_OfUnknownOrMalformedId_Is404(string id)
    {
        using var client = application.CreateAdminClient();

        await GetAsync(client, $"/payments/{id}", HttpStatusCode.NotFound);
        await PostAsync(client, $"/payments/{id}/process", expected: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task List_OfUser_ShowsTheirsByStatusAndPage()
    {
        using var client = application.CreateClient(_user);
        var first = (await CreateAsync(client, _user)).GetProperty("id").GetString();
        await CreateAsync(client, _user);
        await PostAsync(client, $"/payments/{first}/cancel");

        var all = await GetAsync(client, "/payments?pageSize=1");
        var cancelled = await GetAsync(client, "/payments?status=cancelled");
        var byPath = await GetAsync(client, $"/users/{_user}/payments");

        Assert.Equal(2, all.GetProperty("total").GetInt64());
        Assert.Equal(1, all.GetProperty("items").GetArrayLength());
        Assert.Equal(first, Assert.Single(cancelled.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(2, byPath.GetProperty("items").GetArrayLength());
        await GetAsync(client, "/payments?status=nonsense", HttpStatusCode.BadRequest);
        await GetAsync(client, "/payments?page=0", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Create_WithSameIdempotencyKeyTenTimesAtOnce_MakesOne()
    {
        using var client = application.CreateClient(_user);
        var key = Ids.New();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/payments")
            {
                Content = JsonContent.Create(new { userId = _user, amount = 3m, method = "card", token = "tok_visa" }),
                Headers = { { "Idempotency-Key", key } },
            };
            using var response = await client.SendAsync(request);
            return (await ReadAsync(response, HttpStatusCode.Created)).GetProperty("id").GetString();
        }));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, (await GetAsync(client, "/payments")).GetProperty("total").GetInt64());
    }
}
