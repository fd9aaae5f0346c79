using System.Net;
using Grpc.Core;
using Tandem.Contracts.Events;
using Tandem.Contracts.Grpc.Common.V1;
using Tandem.Contracts.Grpc.Payment.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Payments;
using PaymentMessage = Tandem.Contracts.Grpc.Payment.V1.Payment;

namespace Tandem.Services.Tests.Grpc;

public sealed class PaymentGrpcTests : IClassFixture<PaymentApplication>
{
    private readonly PaymentApplication _application;
    private readonly string _user = Ids.New();
    private readonly PaymentService.PaymentServiceClient _client;

    public PaymentGrpcTests(PaymentApplication application)
    {
        _application = application;
        _client = new PaymentService.PaymentServiceClient(application.GrpcOfUser(_user));
    }

    private CreatePaymentRequest Wanted => new()
    {
        UserId = _user,
        Amount = new Money { Currency = "EUR", Units = 25, Nanos = 500_000_000 },
        Method = "card",
        Token = "tok_visa",
        Description = "Tea",
        Metadata = { ["table"] = "4" },
        Items = { new PaymentItem { ProductId = 7, Name = "Tea", Price = new Money { Currency = "EUR", Units = 25, Nanos = 500_000_000 }, Quantity = 1 } },
    };

    [Fact]
    public async Task Payment_CreatedProcessedAndRefunded_IsTheOneOfHttp()
    {
        using var http = _application.CreateClient(_user);

        var created = await _client.CreatePaymentAsync(Wanted);
        Assert.Equal(PaymentStatus.Pending, created.Status);
        await CheckAsync(created);
        var processed = await _client.ProcessPaymentAsync(new ProcessPaymentRequest { Id = created.Id });
        Assert.Equal(PaymentStatus.Completed, processed.Status);
        await CheckAsync(processed);
        var partly = await _client.RefundPaymentAsync(new RefundPaymentRequest { Id = created.Id, Amount = new Money { Units = 5 }, Reason = "cold" });
        Assert.Equal((PaymentStatus.PartiallyRefunded, 5m), (partly.Status, partly.RefundedAmount.ToAmount()));
        var wholly = await _client.RefundPaymentAsync(new RefundPaymentRequest { Id = created.Id });
        Assert.Equal((PaymentStatus.Refunded, 25.50m), (wholly.Status, wholly.RefundedAmount.ToAmount()));
        await CheckAsync(await _client.GetPaymentAsync(new GetPaymentRequest { Id = created.Id }));

        async Task CheckAsync(PaymentMessage payment) => SameAnswer.Check(await http.GetAsync($"/payments/{created.Id}", HttpStatusCode.OK), payment);
    }

    [Fact]
    public async Task ListPayments_SaysWhatHttpSays()
    {
        for (var i = 0; i < 3; i++)
        {
            await _client.CreatePaymentAsync(Wanted);
        }

        var cancelled = await _client.CancelPaymentAsync(new CancelPaymentRequest { Id = (await _client.CreatePaymentAsync(Wanted)).Id });
        using var http = _application.CreateClient(_user);

        SameAnswer.Check(
            await http.GetAsync("/payments?status=pending&page=2&pageSize=2", HttpStatusCode.OK),
            await _client.ListPaymentsAsync(new ListPaymentsRequest { Status = PaymentStatus.Pending, Page = 2, PageSize = 2 }));
        var found = await _client.ListPaymentsAsync(new ListPaymentsRequest { UserId = _user, Status = PaymentStatus.Cancelled });
        Assert.Equal(cancelled, Assert.Single(found.Items));
        Assert.Equal((1, 20, 1), (found.Page, found.PageSize, found.Total));
        Assert.Equal(["status"], await _client.ListPaymentsAsync(new ListPaymentsRequest { Status = (PaymentStatus)99 }).WrongFieldsAsync());
        Assert.Equal(["page_size"], await _client.ListPaymentsAsync(new ListPaymentsRequest { PageSize = 0 }).WrongFieldsAsync());
    }

    [Fact]
    public async Task Requests_AgainstTheRules_NameTheirFields()
    {
        Assert.Equal(["user_id"], await Refused(static wanted => wanted.UserId = "me"));
        Assert.Equal(["amount"], await Refused(static wanted => wanted.Amount = null));
        Assert.Equal(["amount"], await Refused(static wanted => wanted.Amount = new Money { Units = 1, Nanos = 1 }));
        Assert.Equal(["token"], await Refused(static wanted => wanted.Token = "4242 4242 4242 4242"));
        Assert.Equal(["method"], await Refused(static wanted => wanted.Method = ""));
        Assert.Equal(["description"], await Refused(static wanted => wanted.Description = "4242424242424242"));
        Assert.Equal(["order_id"], await Refused(static wanted => wanted.OrderId = "x"));
        Assert.Equal(["amount"], await Refused(wanted => wanted.BasketId = _user));
        Assert.Equal(["items[0].price"], await Refused(static wanted => wanted.Items[0].Price.Nanos = -1));
        Assert.Equal(["reason"], await _client.RefundPaymentAsync(new RefundPaymentRequest { Id = Ids.New(), Reason = new string('x', 501) }).WrongFieldsAsync());

        Task<string[]> Refused(Action<CreatePaymentRequest> change)
        {
            var wanted = Wanted;
            change(wanted);
            return _client.CreatePaymentAsync(wanted).WrongFieldsAsync();
        }
    }

    [Fact]
    public async Task WrongState_IsFailedPrecondition()
    {
        var id = (await _client.CreatePaymentAsync(Wanted)).Id;

        await _client.RefundPaymentAsync(new RefundPaymentRequest { Id = id }).FailsAsync(StatusCode.FailedPrecondition);
        await _client.CancelPaymentAsync(new CancelPaymentRequest { Id = id });
        await _client.CancelPaymentAsync(new CancelPaymentRequest { Id = id }).FailsAsync(StatusCode.FailedPrecondition);
        var status = await _client.ProcessPaymentAsync(new ProcessPaymentRequest { Id = id }).FailsAsync(StatusCode.FailedPrecondition);
        Assert.Equal("The payment is cancelled.", status.Message);
        Assert.Equal("WRONG_STATE", status.GetDetail<global::Google.Rpc.ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task Payment_IsForItsUserAdminsAndServices()
    {
        var id = (await _client.CreatePaymentAsync(Wanted)).Id;
        var stranger = new PaymentService.PaymentServiceClient(_application.GrpcOfUser(Ids.New()));
        var nobody = new PaymentService.PaymentServiceClient(_application.GrpcOfNobody());

        await stranger.GetPaymentAsync(new GetPaymentRequest { Id = id }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.ProcessPaymentAsync(new ProcessPaymentRequest { Id = id }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.CancelPaymentAsync(new CancelPaymentRequest { Id = id }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.RefundPaymentAsync(new RefundPaymentRequest { Id = id }).FailsAsync(StatusCode.PermissionDenied);
        await stranger.CreatePaymentAsync(Wanted).FailsAsync(StatusCode.PermissionDenied);
        await stranger.ListPaymentsAsync(new ListPaymentsRequest { UserId = _user }).FailsAsync(StatusCode.PermissionDenied);
        await nobody.GetPaymentAsync(new GetPaymentRequest { Id = id }).FailsAsync(StatusCode.Unauthenticated);
        await _client.GetPaymentAsync(new GetPaymentRequest { Id = "x" }).FailsAsync(StatusCode.NotFound);
        await _client.GetPaymentAsync(new GetPaymentRequest { Id = Ids.New() }).FailsAsync(StatusCode.NotFound);
        Assert.Equal(id, (await new PaymentService.PaymentServiceClient(_application.GrpcOfAdmin()).GetPaymentAsync(new GetPaymentRequest { Id = id })).Id);
        Assert.Equal(id, (await new PaymentService.PaymentServiceClient(_application.GrpcOfService("order")).GetPaymentAsync(new GetPaymentRequest { Id = id })).Id);
    }

    [Fact]
    public async Task ProcessPayment_ManyAtOnce_OneTakesTheMoney()
    {
        var id = (await _client.CreatePaymentAsync(Wanted)).Id;

        var codes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            try
            {
                return (await _client.ProcessPaymentAsync(new ProcessPaymentRequest { Id = id })).Status == PaymentStatus.Completed ? StatusCode.OK : StatusCode.Unknown;
            }
            catch (RpcException exception)
            {
                return exception.StatusCode;
            }
        }));

        Assert.Equal(1, codes.Count(static code => code == StatusCode.OK));
        Assert.Equal(9, codes.Count(static code => code == StatusCode.FailedPrecondition));
        await _application.Sidecar.WaitForAsync<PaymentCompleted>(e => e.PaymentId == id);
        Assert.Single(_application.Sidecar.PublishedOf<PaymentCompleted>(), e => e.PaymentId == id);
    }

    [Fact]
    public async Task RefundPayment_WithAKeyManyTimesAtOnce_GivesBackOnce()
    {
        var id = (await _client.CreatePaymentAsync(Wanted)).Id;
        await _client.ProcessPaymentAsync(new ProcessPaymentRequest { Id = id });
        var client = new PaymentService.PaymentServiceClient(_application.GrpcOfUser(_user).With("idempotency-key", Ids.New()));

        var refunds = await Task.WhenAll(Enumerable.Range(0, 5).Select(async _
            => await client.RefundPaymentAsync(new RefundPaymentRequest { Id = id, Amount = new Money { Units = 2 } })));

        Assert.All(refunds, static payment => Assert.Equal(2m, payment.RefundedAmount.ToAmount()));
        Assert.Equal(2m, (await _client.GetPaymentAsync(new GetPaymentRequest { Id = id })).RefundedAmount.ToAmount());
    }

    [Fact]
    public async Task CreatePayment_WithTheKeyOfAnHttpRequest_IsRefused()
    {
        var key = Ids.New();
        using var http = _application.CreateClient(_user);
        http.DefaultRequestHeaders.Add("Idempotency-Key", key);
        await http.PostAsync("/payments", new { userId = _user, amount = 1m, method = "card", token = "tok_visa" }, HttpStatusCode.Created);
        var client = new PaymentService.PaymentServiceClient(_application.GrpcOfUser(_user).With("idempotency-key", key));

        await client.CreatePaymentAsync(Wanted).FailsAsync(StatusCode.InvalidArgument);
    }
}
