using System.Net;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using static Tandem.Services.Tests.Baskets.BasketApplication;

namespace Tandem.Services.Tests.Baskets;

public sealed class BasketApiTests : IAsyncLifetime
{
    private readonly BasketApplication _application = new();
    private readonly string _user = Ids.New();

    public Task InitializeAsync() => _application.InitializeAsync();

    public async Task DisposeAsync() => await _application.DisposeAsync();

    [Fact]
    public async Task Get_OfUserWithoutBasket_IsAnEmptyOne()
    {
        using var client = _application.CreateClient(_user);

        var basket = await SendAsync(client, "GET", $"/baskets/{_user}");

        Assert.Equal(_user, basket.GetProperty("userId").GetString());
        Assert.Equal(0, basket.GetProperty("items").GetArrayLength());
        Assert.Equal(0m, basket.GetProperty("total").GetDecimal());
        Assert.Equal("USD", basket.GetProperty("currency").GetString());
    }

    [Fact]
    public async Task Create_Twice_Is201Then200()
    {
        using var client = _application.CreateClient(_user);

        var made = await SendAsync(client, "POST", "/baskets", new { userId = _user }, HttpStatusCode.Created);
        await SendAsync(client, "POST", "/baskets", new { userId = _user });

        Assert.NotEqual(default, made.GetProperty("createdAt").GetDateTimeOffset());
        await SendAsync(client, "POST", "/baskets", new { userId = Ids.New() }, HttpStatusCode.Forbidden);
        await SendAsync(client, "POST", "/baskets", new { }, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Items_AddedChangedAndRemoved_AddUp()
    {
        using var client = _application.CreateClient(_user);
        var items = $"/baskets/{_user}/items";

        await SendAsync(client, "POST", items, new { productId = 1, quantity = 2 });
        await SendAsync(client, "POST", items, new { productId = 2, quantity = 1 });
        var changed = await SendAsync(client, "PUT", $"{items}/1", new { quantity = 4 });

        Assert.Equal(52.50m, changed.GetProperty("total").GetDecimal());
        var line = changed.GetProperty("items")[0];
        Assert.Equal(("Product 1", "cups", 42m), (line.GetProperty("name").GetString(), line.GetProperty("category").GetString(), line.GetProperty("subtotal").GetDecimal()));
        await SendAsync(client, "DELETE", $"{items}/1");
        var left = await SendAsync(client, "GET", $"/baskets/{_user}");
        Assert.Equal(2, left.GetProperty("items")[0].GetProperty("productId").GetInt32());
    }

    [Theory]
    [InlineData("POST", "", 1, 0, HttpStatusCode.BadRequest)]
    [InlineData("POST", "", 1, 100, HttpStatusCode.BadRequest)]
    [InlineData("POST", "", 1, 98, HttpStatusCode.BadRequest)]
    [InlineData("POST", "", 2, 6, HttpStatusCode.Conflict)]
    [InlineData("POST", "", 100, 1, HttpStatusCode.NotFound)]
    [InlineData("PUT", "/1", 1, 0, HttpStatusCode.BadRequest)]
    [InlineData("PUT", "/1", 1, 100, HttpStatusCode.BadRequest)]
    [InlineData("PUT", "/3", 3, 1, HttpStatusCode.NotFound)]
    [InlineData("PUT", "/x", 1, 1, HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/3", 0, 0, HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/x", 0, 0, HttpStatusCode.NotFound)]
    public async Task Items_AgainstTheRules_AreRefused(string method, string path, int productId, int quantity, HttpStatusCode expected)
    {
        using var client = _application.CreateClient(_user);
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 });

        await SendAsync(client, method, $"/baskets/{_user}/items{path}", method == "DELETE" ? null : new { productId, quantity }, expected);

        Assert.Equal(21m, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task EveryRoute_ForAnotherUser_Is403_WithoutOne401_AndForNobodysBasket404()
    {
        using var other = _application.CreateClient(Ids.New());
        using var nobody = _application.CreateAnonymousClient();
        using var gateway = _application.CreateServiceClient("gateway");

        foreach (var (method, path, body) in ((string, string, object?)[])[
            ("GET", "", null), ("DELETE", "", null), ("DELETE", "/items", null), ("DELETE", "/items/1", null),
            ("POST", "/items", new { productId = 1, quantity = 1 }), ("PUT", "/items/1", new { quantity = 1 })])
        {
            await SendAsync(other, method, $"/baskets/{_user}{path}", body, HttpStatusCode.Forbidden);
            await SendAsync(nobody, method, $"/baskets/{_user}{path}", body, HttpStatusCode.Unauthorized);
            await SendAsync(gateway, method, $"/baskets/{_user}{path}", body, HttpStatusCode.Unauthorized);
            await SendAsync(other, method, $"/baskets/nonsense{path}", body, HttpStatusCode.NotFound);
        }

        using var client = _application.CreateClient(_user);
        await SendAsync(client, "POST", $"/baskets/{_user}/checkout", new { orderId = Ids.New(), items = new[] { new { productId = 1, quantity = 1 } } }, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task ActorRoutes_AreOpenToTurnsOfTheServicesOwnCallsAlone()
    {
        using var client = _application.CreateClient(_user);
        using var service = _application.CreateServiceClient("order");
        using var turn = _application.CreateServiceClient("basket");

        await SendAsync(client, "PUT", $"/actors/Basket/{_user}/method/ClearAsync", null, HttpStatusCode.Forbidden);
        await SendAsync(service, "PUT", $"/actors/Basket/{_user}/method/ClearAsync", null, HttpStatusCode.Unauthorized);
        await SendAsync(turn, "PUT", $"/actors/Basket/{_user}/method/ClearAsync");
    }

    [Fact]
    public async Task CheckOut_Repeated_ClearsOnceAndTellsOnce()
    {
        using var client = _application.CreateClient(_user);
        using var orders = _application.CreateServiceClient("order");
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 });
        var checkOut = new { orderId = Ids.New(), items = new[] { new { productId = 1, quantity = 2 } } };

        await SendAsync(orders, "POST", $"/baskets/{_user}/checkout", checkOut);
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 3 });
        var again = await SendAsync(orders, "POST", $"/baskets/{_user}/checkout", checkOut);

        Assert.Equal(31.50m, again.GetProperty("total").GetDecimal());
        Assert.True(await _application.Actors.FireAsync(_user, "publish"));
        Assert.False(_application.Actors.HasReminder(_user, "publish"));
        var told = Assert.Single(_application.Sidecar.PublishedOf<BasketCleared>());
        Assert.Equal((_user, 21m), (told.UserId, told.Total));
    }

    [Fact]
    public async Task Clear_WhileTheBrokerIsDown_IsToldLaterUnderTheSameId()
    {
        using var client = _application.CreateClient(_user);
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 });
        _application.Sidecar.IsPublishingDown = true;

        var cleared = await SendAsync(client, "DELETE", $"/baskets/{_user}/items");
        Assert.Equal(0, cleared.GetProperty("items").GetArrayLength());
        Assert.False(await _application.Actors.FireAsync(_user, "publish"));
        Assert.True(_application.Actors.HasReminder(_user, "publish"));

        _application.Sidecar.IsPublishingDown = false;
        _application.Actors.IsStoreDown = true;
        Assert.False(await _application.Actors.FireAsync(_user, "publish"));
        _application.Actors.IsStoreDown = false;
        Assert.True(await _application.Actors.FireAsync(_user, "publish"));

        // Published twice, because the first could not be noted down; consumers know by the id that it is one.
        Assert.Equal(2, _application.Sidecar.Published.Count);
        Assert.Single(_application.Sidecar.Published.Select(static e => e.Id).Distinct());
        Assert.All(_application.Sidecar.Published, e => Assert.Equal(("BasketCleared", "basket-events", _user), (e.Type, e.Topic, e.Subject)));
    }

    [Fact]
    public async Task Change_WhoseStateCannotBeSaved_LeavesNothingBehind()
    {
        using var client = _application.CreateClient(_user);
        _application.Actors.IsStoreDown = true;
        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 2 }, HttpStatusCode.ServiceUnavailable);

        _application.Actors.IsStoreDown = false;

        Assert.Equal(0m, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("total").GetDecimal());
    }

    [Fact]
    public async Task Add_FromManyClientsAtOnce_LosesNothing()
    {
        using var client = _application.CreateClient(_user);

        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 1 })));

        Assert.Equal(60, (await SendAsync(client, "GET", $"/baskets/{_user}")).GetProperty("items")[0].GetProperty("quantity").GetInt32());
    }

    [Fact]
    public async Task Add_WhileProductIsDown_Is503()
    {
        _application.Sidecar.Answer("product", static _ => new InvokedAnswer(500));
        using var client = _application.CreateClient(_user);

        await SendAsync(client, "POST", $"/baskets/{_user}/items", new { productId = 1, quantity = 1 }, HttpStatusCode.ServiceUnavailable);
    }
}
