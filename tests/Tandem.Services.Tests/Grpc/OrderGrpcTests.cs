using System.Net;
using Grpc.Core;
using Tandem.Contracts.Events;
using Tandem.Contracts.Grpc.Order.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Orders;

namespace Tandem.Services.Tests.Grpc;

public sealed class OrderGrpcTests : IClassFixture<OrderApplication>
{
    private readonly OrderApplication _application;
    private readonly string _user = Ids.New();
    private readonly OrderService.OrderServiceClient _client;

    public OrderGrpcTests(OrderApplication application)
    {
        _application = application;
        _client = new OrderService.OrderServiceClient(application.GrpcOfUser(_user));
    }

    private CreateOrderRequest Wanted => new()
    {
        UserId = _user,
        ShippingAddress = new Address { Name = "Ann", Street = "1 Main St", City = "Springfield", Zip = "62701", Country = "US" },
        PaymentMethod = new PaymentMethod { Type = "card", Token = "tok_visa" },
        Items = { new RequestedItem { ProductId = 1, Quantity = 1 }, new RequestedItem { ProductId = 2, Quantity = 2 } },
    };

    [Fact]
    public async Task Order_PlacedPaidAndListed_IsTheOneOfHttp()
    {
        using var http = _application.CreateClient(_user);

        var placed = await _client.CreateOrderAsync(Wanted);
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == placed.Id);
        var paid = await _client.GetOrderAsync(new GetOrderRequest { Id = placed.Id });

        Assert.Equal(OrderStatus.Pending, placed.Status);
        Assert.Equal(OrderStatus.Paid, paid.Status);
        Assert.False(paid.HasTrackingNumber);
        SameAnswer.Check(await http.GetAsync($"/orders/{placed.Id}", HttpStatusCode.OK), paid);
        SameAnswer.Check(await http.GetAsync("/orders?status=paid", HttpStatusCode.OK), await _client.ListOrdersAsync(new ListOrdersRequest { Status = OrderStatus.Paid }));
        Assert.Empty((await _client.ListOrdersAsync(new ListOrdersRequest { Status = OrderStatus.Rejected })).Items);
    }

    [Fact]
    public async Task CancelOrder_OfAPaidOne_GivesTheMoneyBack()
    {
        var placed = await _client.CreateOrderAsync(Wanted);
        await _application.Sidecar.WaitForAsync<OrderPaid>(e => e.OrderId == placed.Id);

        var cancelled = await _client.CancelOrderAsync(new CancelOrderRequest { Id = placed.Id, Reason = "changed my mind" });

        Assert.Equal(OrderStatus.Refunded, cancelled.Status);
        Assert.Equal("changed my mind", cancelled.History[^1].Reason);
        await _client.CancelOrderAsync(new CancelOrderRequest { Id = placed.Id }).FailsAsync(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Requests_AgainstTheRules_NameTheirFields()
    {
        Assert.Equal(["user_id"], await Refused(static wanted => wanted.UserId = "me"));
        Assert.Equal(["shipping_address"], await Refused(static wanted => wanted.ShippingAddress = null));
        Assert.Equal(["shipping_address.city"], await Refused(static wanted => wanted.ShippingAddress.City = ""));
        Assert.Equal(["payment_method"], await Refused(static wanted => wanted.PaymentMethod = null));
        Assert.Equal(["payment_method.token"], await Refused(static wanted => wanted.PaymentMethod.Token = "4242424242424242"));
        Assert.Equal(["items[1].quantity"], await Refused(static wanted => wanted.Items[1].Quantity = 0));
        Assert.Equal(["items[1].product_id"], await Refused(static wanted => wanted.Items[1].ProductId = 999));
        Assert.Equal(["status"], await _client.ListOrdersAsync(new ListOrdersRequest { Status = (OrderStatus)99 }).WrongFieldsAsync());
        Assert.Equal(["page"], await _client.ListOrdersAsync(new ListOrdersRequest { Page = -1 }).WrongFieldsAsync());
        Assert.Equal(["reason"], await _client.CancelOrderAsync(new CancelOrderRequest { Id = Ids.New(), Reason = new string('x', 501) }).WrongFieldsAsync());

        Task<string[]> Refused(Action<CreateOrderRequest> change)
        {
            var wanted = Wanted;
            change(wanted);
            return _client.CreateOrderAsync(wanted).WrongFieldsAsync();
        }
    }

    [Fact]
    public async Task Order_IsForItsUserAdminsAndServices()
    {
        var id = (await _client.CreateOrderAsync(Wanted)).Id;
        var stranger = new OrderService.OrderServiceClient(_application.GrpcOfUser(Ids.New()));
        var nobody = new OrderService.OrderServiceClient(_application.GrpcOfNobody());

        await stranger.GetOrderAsync(new GetOrderRequest { Id = id }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.CancelOrderAsync(new CancelOrderRequest { Id = id }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.CreateOrderAsync(Wanted).FailsAsync(StatusCode.PermissionDenied);
        await stranger.ListOrdersAsync(new ListOrdersRequest { UserId = _user }).FailsAsync(StatusCode.PermissionDenied);
        await nobody.ListOrdersAsync(new ListOrdersRequest()).FailsAsync(StatusCode.Unauthenticated);
        await _client.GetOrderAsync(new GetOrderRequest { Id = "x" }).FailsAsync(StatusCode.NotFound);
        Assert.Equal(id, (await new OrderService.OrderServiceClient(_application.GrpcOfAdmin()).GetOrderAsync(new GetOrderRequest { Id = id })).Id);
        Assert.Equal(id, (await new OrderService.OrderServiceClient(_application.GrpcOfService("payment")).GetOrderAsync(new GetOrderRequest { Id = id })).Id);
    }

    [Fact]
    public async Task CreateOrder_WithAKeyManyTimesAtOnce_IsOneOrder()
    {
        var client = new OrderService.OrderServiceClient(_application.GrpcOfUser(_user).With("idempotency-key", Ids.New()));

        var placed = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ => await client.CreateOrderAsync(Wanted)));

        Assert.Single(placed.Distinct());
        Assert.Equal(1, (await _client.ListOrdersAsync(new ListOrdersRequest())).Total);
    }
}
