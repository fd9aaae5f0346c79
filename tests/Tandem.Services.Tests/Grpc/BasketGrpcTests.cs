using System.Net;
using Grpc.Core;
using Tandem.Contracts.Grpc.Basket.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Baskets;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Grpc;

public sealed class BasketGrpcTests : IClassFixture<BasketApplication>
{
    private readonly BasketApplication _application;
    private readonly string _user = Ids.New();
    private readonly BasketService.BasketServiceClient _client;

    public BasketGrpcTests(BasketApplication application)
    {
        _application = application;
        _client = new BasketService.BasketServiceClient(application.GrpcOfUser(_user));
    }

    [Fact]
    public async Task Basket_ThroughItsLife_IsTheOneOfHttp()
    {
        using var http = _application.CreateClient(_user);

        SameAnswer.Check(await http.GetAsync($"/baskets/{_user}", HttpStatusCode.OK), await _client.GetBasketAsync(new GetBasketRequest { UserId = _user }));
        await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 2 });
        await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 2, Quantity = 1 });
        var changed = await _client.UpdateItemAsync(new UpdateItemRequest { UserId = _user, ProductId = 1, Quantity = 4 });
        SameAnswer.Check(await http.GetAsync($"/baskets/{_user}", HttpStatusCode.OK), changed);
        Assert.Equal(52.50m, changed.Total.ToAmount());
        var left = await _client.RemoveItemAsync(new RemoveItemRequest { UserId = _user, ProductId = 1 });
        Assert.Equal(2, Assert.Single(left.Items).ProductId);
        Assert.Empty((await _client.ClearBasketAsync(new ClearBasketRequest { UserId = _user })).Items);
    }

    [Fact]
    public async Task Items_AgainstTheRules_AreRefused()
    {
        await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 2 });

        Assert.Equal(["product_id", "quantity"], await _client.AddItemAsync(new AddItemRequest { UserId = _user }).WrongFieldsAsync());
        Assert.Equal(["quantity"], await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 100 }).WrongFieldsAsync());
        Assert.Equal(["quantity"], await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 98 }).WrongFieldsAsync());
        Assert.Equal(["quantity"], await _client.UpdateItemAsync(new UpdateItemRequest { UserId = _user, ProductId = 1 }).WrongFieldsAsync());
        await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 2, Quantity = 6 }).FailsAsync(StatusCode.FailedPrecondition);
        await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 100, Quantity = 1 }).FailsAsync(StatusCode.NotFound);
        await _client.UpdateItemAsync(new UpdateItemRequest { UserId = _user, ProductId = 3, Quantity = 1 }).FailsAsync(StatusCode.NotFound);
        await _client.RemoveItemAsync(new RemoveItemRequest { UserId = _user, ProductId = 3 }).FailsAsync(StatusCode.NotFound);
        Assert.Equal(2, Assert.Single((await _client.GetBasketAsync(new GetBasketRequest { UserId = _user })).Items).Quantity);
    }

    [Fact]
    public async Task Basket_IsForItsUserAdminsAndServices()
    {
        var stranger = new BasketService.BasketServiceClient(_application.GrpcOfUser(Ids.New()));
        var nobody = new BasketService.BasketServiceClient(_application.GrpcOfNobody());
        var gateway = new BasketService.BasketServiceClient(_application.GrpcOfService("gateway"));
        var request = new GetBasketRequest { UserId = _user };

        await stranger.GetBasketAsync(request).FailsAsync(StatusCode.PermissionDenied);
        await stranger.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 1 }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.UpdateItemAsync(new UpdateItemRequest { UserId = _user, ProductId = 1, Quantity = 1 }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.RemoveItemAsync(new RemoveItemRequest { UserId = _user, ProductId = 1 }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.ClearBasketAsync(new ClearBasketRequest { UserId = _user }).FailsAsync(StatusCode.PermissionDenied);
        await nobody.GetBasketAsync(request).FailsAsync(StatusCode.Unauthenticated);
        await gateway.GetBasketAsync(request).FailsAsync(StatusCode.Unauthenticated);
        await _client.GetBasketAsync(new GetBasketRequest { UserId = "me" }).FailsAsync(StatusCode.NotFound);
        Assert.Empty((await new BasketService.BasketServiceClient(_application.GrpcOfAdmin()).GetBasketAsync(request)).Items);
        Assert.Empty((await new BasketService.BasketServiceClient(_application.GrpcOfService("payment")).GetBasketAsync(request)).Items);
    }

    [Fact]
    public async Task AddItem_ManyAtOnce_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => await _client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 2 })));

        Assert.Equal(40, Assert.Single((await _client.GetBasketAsync(new GetBasketRequest { UserId = _user })).Items).Quantity);
    }

    [Fact]
    public async Task AddItem_WhileProductIsAway_IsUnavailableWithRetryInfo()
    {
        await using var own = new BasketApplication();
        own.Sidecar.Answer("product", static _ => new InvokedAnswer(500, "{}"));
        await own.InitializeAsync();
        var client = new BasketService.BasketServiceClient(own.GrpcOfUser(_user));

        var status = await client.AddItemAsync(new AddItemRequest { UserId = _user, ProductId = 1, Quantity = 1 }).FailsAsync(StatusCode.Unavailable);

        Assert.Equal(1, status.GetDetail<global::Google.Rpc.RetryInfo>()!.RetryDelay.Seconds);
    }
}
