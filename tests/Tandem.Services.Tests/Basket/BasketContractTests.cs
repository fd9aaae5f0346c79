using System.Net;
using Grpc.Core;
using Tandem.Contracts.Events;
using Tandem.Contracts.Grpc.Basket.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Grpc;
using static Tandem.Services.Tests.Baskets.BasketApplication;

namespace Tandem.Services.Tests.Baskets;

/// <summary>What CONTRACT.md says of baskets that no other test holds.</summary>
public sealed class BasketContractTests : IAsyncLifetime
{
    private readonly ManualTimeProvider _clock = new();
    private readonly BasketApplication _application;
    private readonly string _user = Ids.New();

    public BasketContractTests() => _application = new BasketApplication { Clock = _clock };

    public Task InitializeAsync() => _application.InitializeAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Document_HasEveryRouteWithItsStatuses()
    {
        using var client = _application.CreateAnonymousClient();

        var document = await OpenApiText.ReadAsync(client);

        Assert.Equal(
            [
                "POST /baskets 200 201 400 401 403 422 503",
                "DELETE /baskets/{userId} 204 401 403 404 503",
                "GET /baskets/{userId} 200 401 403 404 503",
                "POST /baskets/{userId}/checkout 200 400 401 403 404 503",
                "DELETE /baskets/{userId}/items 200 401 403 404 503",
                "POST /baskets/{userId}/items 200 400 401 403 404 409 422 503",
                "DELETE /baskets/{userId}/items/{productId} 200 401 403 404 503",
                "PUT /baskets/{userId}/items/{productId} 200 400 401 403 404 409 503",
            ],
            OpenApiText.OperationsOf(document));
    }

    [Fact]
    public async Task Basket_HasItsFields()
    {
        using var client = _application.CreateClient(_user);

        var basket = await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 });

        Assert.Equal(["id", "userId", "items", "total", "currency", "createdAt", "updatedAt"], basket.EnumerateObject().Select(static field => field.Name));
        Assert.Equal(
            ["productId", "name", "category", "price", "quantity", "subtotal"],
            basket.GetProperty("items")[0].EnumerateObject().Select(static field => field.Name));
        Assert.Equal(_user, basket.Text("id"));
    }

    [Fact]
    public async Task Delete_OfABasket_ForgetsIt()
    {
        using var client = _application.CreateClient(_user);
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 });

        await SendAsync(client, "DELETE", $"/baskets/{_user}", expected: HttpStatusCode.NoContent);
        await SendAsync(client, "DELETE", $"/baskets/{_user}", expected: HttpStatusCode.NoContent);

        Assert.Equal(0, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("items").GetArrayLength());
        await SendAsync(client, "POST", "/baskets", new { userId = _user }, HttpStatusCode.Created);
    }

    [Fact]
    public async Task IdempotencyKeys_OfAdditions_HoldToTheRules()
    {
        var otherUser = Ids.New();
        using var client = _application.CreateClient(_user);
        using var other = _application.CreateClient(otherUser);
        var path = $"/baskets/{_user}/items";

        await IdempotencyRules.HoldAsync(
            client, other, path, new { productId = 1, quantity = 2 }, new { productId = 1, quantity = 3 },
            $"/baskets/{otherUser}/items", new { productId = 1, quantity = 2 }, HttpStatusCode.OK);

        Assert.Equal(2, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("items")[0].Number("quantity"));
    }

    [Fact]
    public async Task IdempotencyKeys_OfBaskets_GiveTheFirstAnswerAgain()
    {
        using var client = _application.CreateClient(_user);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "my-basket");

        using var first = await client.PostAsync("/baskets", new { userId = _user });
        using var again = await client.PostAsync("/baskets", new { userId = _user });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        using var reused = await client.PostAsync($"/baskets/{_user}/items", new { productId = 1, quantity = 1 });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
    }

    [Fact]
    public async Task Addition_WithOneKeyTenTimesAtOnce_AddsOnce_AlsoWhenTheProductIsGone()
    {
        using var client = _application.CreateClient(_user);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        var items = $"/baskets/{_user}/items";

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.PostAsync(items, new { productId = 1, quantity = 2 })));
        _application.Sidecar.Answer("product", static _ => InvokedAnswer.NotFound);
        using var later = await client.PostAsync(items, new { productId = 1, quantity = 2 });

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(9, answers.Count(static answer => answer.Headers.Contains("Idempotency-Replayed")));
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal(21m, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task Addition_ByGrpcAndHttpWithOneKey_IsOne()
    {
        var key = Ids.New();
        using var http = _application.CreateClient(_user);
        http.DefaultRequestHeaders.Add("Idempotency-Key", key);
        var grpc = new BasketService.BasketServiceClient(_application.GrpcOfUser(_user).With("idempotency-key", key));

        await grpc.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 2 });
        await grpc.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 2 });
        using var again = await http.PostAsync($"/baskets/{_user}/items", new { productId = 1, quantity = 2 });
        await grpc.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 3 }).FailsAsync(StatusCode.InvalidArgument);

        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(21m, (await again.ReadAsync(HttpStatusCode.OK)).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task Addition_ThatWasRefused_CanBeTriedAgainWithItsKey()
    {
        using var client = _application.CreateClient(_user);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        var items = $"/baskets/{_user}/items";
        await SendAsync(client, "POST", items, new { productId = 2, quantity = 6 }, HttpStatusCode.Conflict);
        _application.Sidecar.Answer("product", static _ => InvokedAnswer.Json(new { id = 2, name = "Cup", category = "cups", price = 1m, currency = "USD", stockQuantity = 6 }));

        await SendAsync(client, "POST", items, new { productId = 2, quantity = 6 });
        await SendAsync(client, "POST", items, new { productId = 2, quantity = 6 });

        Assert.Equal(6m, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task Addition_WhoseStateCannotBeSaved_LeavesItsKeyUnused()
    {
        using var client = _application.CreateClient(_user);
        client.DefaultRequestHeaders.Add("Idempotency-Key", Ids.New());
        var items = $"/baskets/{_user}/items";
        _application.Actors.IsStoreDown = true;
        await SendAsync(client, "POST", items, new { productId = 1, quantity = 2 }, HttpStatusCode.ServiceUnavailable);
        _application.Actors.IsStoreDown = false;

        using var answer = await client.PostAsync(items, new { productId = 1, quantity = 2 });

        Assert.False(answer.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(21m, (await answer.ReadAsync(HttpStatusCode.OK)).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task ThousandItems_FromFiftyClientsAtOnce_AreAllThere()
    {
        _application.Sidecar.Answer("product", static request =>
        {
            var id = int.Parse(request.Path.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture);
            return InvokedAnswer.Json(new { id, name = $"Product {id}", category = "cups", price = 10.50m, currency = "USD", stockQuantity = 1000 });
        });

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async clientNumber =>
        {
            using var client = _application.CreateClient(_user);
            for (var i = 0; i < 20; i++)
            {
                await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1 + (((clientNumber * 20) + i) % 25), quantity = 1 });
            }
        }));

        using var owner = _application.CreateClient(_user);
        var basket = await SendAsync(owner, "GET", $"/baskets/{_user}");
        Assert.Equal(10_500m, basket.GetProperty("total").GetDecimal());
        Assert.Equal(25, basket.GetProperty("items").GetArrayLength());
        Assert.All(basket.GetProperty("items").EnumerateArray(), static line => Assert.Equal(40, line.Number("quantity")));
    }

    [Fact]
    public async Task Baskets_LeftAlone_AreToldOfWithAllTheirData_AndCounted()
    {
        using var client = _application.CreateClient(_user);
        using var orders = _application.CreateServiceClient("order");
        var order = new { orderId = Ids.New(), items = new[] { new { productId = 1, quantity = 1 } } };
        Assert.Equal(0, (await MetricsText.ReadAsync(client)).Of("tandem_baskets_abandoned_total"));
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 3 });
        await SendAsync(orders, "POST", $"/baskets/{_user}/checkout", order);
        await SendAsync(orders, "POST", $"/baskets/{_user}/checkout", order);

        // Nobody was there for a week: the basket is given up and emptied in one turn.
        _clock.Advance(TimeSpan.FromDays(8));
        Assert.True(await _application.Actors.FireAsync(_user, "idle"));
        Assert.True(await _application.Actors.FireAsync(_user, "publish"));

        var metrics = await MetricsText.ReadAsync(client);
        Assert.Equal((1, 1), (metrics.Of("tandem_baskets_abandoned_total"), metrics.Of("tandem_baskets_checked_out_total")));
        Assert.Equal(21, metrics.Of("tandem_baskets_abandoned_value_total{currency=\"USD\"}"));
        Assert.Equal(["BasketCleared", "BasketAbandoned", "BasketCleared"], _application.Sidecar.Published.Select(static e => e.Type));
        foreach (var told in _application.Sidecar.Published.Skip(1))
        {
            Assert.Equal(("basket-events", _user), (told.Topic, told.Subject));
            Assert.Equal((_user, _user, 21m), (told.Data.Text("userId"), told.Data.Text("basketId"), told.Data.GetProperty("total").GetDecimal()));
            var item = told.Data.GetProperty("items")[0];
            Assert.Equal((1, "Product 1", 10.50m, 2), (item.Number("productId"), item.Text("name"), item.GetProperty("price").GetDecimal(), item.Number("quantity")));
        }

        Assert.Equal(0, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task AbandonmentTimes_AreSettings()
    {
        await using var own = new BasketApplication { Clock = _clock };
        own.With("Basket:AbandonedAfter", "01:00:00").With("Basket:EmptiedAfter", "02:00:00");
        await own.InitializeAsync();
        using var client = own.CreateClient(_user);
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 1 });

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await own.Actors.FireAsync(_user, "idle"));
        Assert.True(await own.Actors.FireAsync(_user, "publish"));

        Assert.Single(own.Sidecar.PublishedOf<BasketAbandoned>());
    }

    [Fact]
    public async Task CheckOut_WithALineThatIsNull_Is400()
    {
        using var orders = _application.CreateServiceClient("order");

        var problem = await SendAsync(orders, "POST", $"/baskets/{_user}/checkout", new { orderId = Ids.New(), items = new object?[] { null } }, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty("items[0]", out _), problem.ToString());
    }
}
