using System.Net;
using Grpc.Core;
using Tandem.Contracts.Grpc.Common.V1;
using Tandem.Contracts.Grpc.Product.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Grpc;

public sealed class ProductGrpcTests(ServiceApplication<Tandem.Product.ProductService> application)
    : IClassFixture<ServiceApplication<Tandem.Product.ProductService>>
{
    private readonly ProductService.ProductServiceClient _admin = new(application.GrpcOfAdmin());
    private readonly ProductService.ProductServiceClient _nobody = new(application.GrpcOfNobody());

    private static CreateProductRequest Lamp => new()
    {
        Name = "A lamp",
        Description = "It shines.",
        Price = new Money { Currency = "EUR", Units = 12, Nanos = 340_000_000 },
        StockQuantity = 7,
        Category = "lamps of tests",
        ImageUrl = "https://example.com/lamp.png",
    };

    [Fact]
    public async Task GetProduct_AndGetProducts_SayWhatHttpSays()
    {
        var created = await _admin.CreateProductAsync(Lamp);
        using var http = application.CreateAnonymousClient();

        SameAnswer.Check(await http.GetAsync($"/products/{created.Id}", HttpStatusCode.OK), await _nobody.GetProductAsync(new GetProductRequest { Id = created.Id }));
        SameAnswer.Check(
            await http.GetAsync("/products?sort=-price&pageSize=7&page=2&minPrice=10", HttpStatusCode.OK),
            await _nobody.GetProductsAsync(new GetProductsRequest { Sort = "-price", PageSize = 7, Page = 2, MinPrice = new Money { Units = 10 } }));
        SameAnswer.Check(await http.GetAsync("/products", HttpStatusCode.OK), await _nobody.GetProductsAsync(new GetProductsRequest()));
    }

    [Fact]
    public async Task Product_CreatedChangedAndDeleted_IsWhatWasSaid()
    {
        var created = await _admin.CreateProductAsync(Lamp);
        var found = await _nobody.GetProductAsync(new GetProductRequest { Id = created.Id });
        var changed = await _admin.UpdateProductAsync(new UpdateProductRequest
        {
            Id = created.Id,
            Name = "Another lamp",
            Price = new Money { Units = 3 },
            Category = "lamps of tests",
        });
        await _admin.DeleteProductAsync(new DeleteProductRequest { Id = created.Id });

        Assert.Equal(created, found);
        Assert.Equal(("A lamp", 12.34m, "EUR", 7), (found.Name, found.Price.ToAmount(), found.Price.Currency, found.StockQuantity));
        Assert.Equal(("Another lamp", "", 3m, "USD", 7), (changed.Name, changed.Description, changed.Price.ToAmount(), changed.Price.Currency, changed.StockQuantity));
        Assert.Equal($"/api/products/{created.Id}/image", changed.ImageUrl);
        await _nobody.GetProductAsync(new GetProductRequest { Id = created.Id }).FailsAsync(StatusCode.NotFound);
        await _admin.UpdateProductAsync(new UpdateProductRequest { Id = created.Id, Name = "x", Price = new Money(), Category = "x" }).FailsAsync(StatusCode.NotFound);
        await _admin.DeleteProductAsync(new DeleteProductRequest { Id = created.Id }).FailsAsync(StatusCode.NotFound);
    }

    [Fact]
    public async Task Requests_AgainstTheRules_NameTheirFields()
    {
        Assert.Equal(["name", "price", "category"], await _admin.CreateProductAsync(new CreateProductRequest()).WrongFieldsAsync());
        Assert.Equal(["price"], await Refused(static lamp => lamp.Price = new Money { Units = 1, Nanos = 1_000_000 }));
        Assert.Equal(["price"], await Refused(static lamp => lamp.Price = new Money { Units = 1, Nanos = -500_000_000 }));
        Assert.Equal(["price"], await Refused(static lamp => lamp.Price = new Money { Nanos = 1_000_000_000 }));
        Assert.Equal(["price"], await Refused(static lamp => lamp.Price = new Money { Units = -1 }));
        Assert.Equal(["currency"], await Refused(static lamp => lamp.Price = new Money { Units = 1, Currency = "euro" }));
        Assert.Equal(["stock_quantity"], await Refused(static lamp => lamp.StockQuantity = -1));
        Assert.Equal(["image_url"], await Refused(static lamp => lamp.ImageUrl = "javascript:x"));
        Assert.Equal(["sort"], await _nobody.GetProductsAsync(new GetProductsRequest { Sort = "best" }).WrongFieldsAsync());
        Assert.Equal(["page"], await _nobody.GetProductsAsync(new GetProductsRequest { Page = 0 }).WrongFieldsAsync());
        Assert.Equal(["page_size"], await _nobody.GetProductsAsync(new GetProductsRequest { PageSize = 101 }).WrongFieldsAsync());
        Assert.Equal(["max_price"], await _nobody.GetProductsAsync(
            new GetProductsRequest { MinPrice = new Money { Units = 2 }, MaxPrice = new Money { Units = 1 } }).WrongFieldsAsync());

        Task<string[]> Refused(Action<CreateProductRequest> change)
        {
            var lamp = Lamp;
            change(lamp);
            return _admin.CreateProductAsync(lamp).WrongFieldsAsync();
        }
    }

    [Fact]
    public async Task Writing_IsForAdmins()
    {
        var customer = new ProductService.ProductServiceClient(application.GrpcOfUser(Ids.New()));
        var service = new ProductService.ProductServiceClient(application.GrpcOfService("order"));

        await _nobody.CreateProductAsync(Lamp).FailsAsync(StatusCode.Unauthenticated);
        await customer.CreateProductAsync(Lamp).FailsAsync(StatusCode.PermissionDenied);
        await customer.UpdateProductAsync(new UpdateProductRequest { Id = 1 }).FailsAsync(StatusCode.PermissionDenied);
        await customer.DeleteProductAsync(new DeleteProductRequest { Id = 1 }).FailsAsync(StatusCode.PermissionDenied);
        await service.DeleteProductAsync(new DeleteProductRequest { Id = 1 }).FailsAsync(StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task CreateProduct_WithAKey_HasOneEffect()
    {
        var client = new ProductService.ProductServiceClient(application.GrpcOfAdmin().With("idempotency-key", Ids.New()));

        var first = client.CreateProductAsync(Lamp);
        var made = await first;
        var again = client.CreateProductAsync(Lamp);

        Assert.Equal(made, await again);
        Assert.Null((await first.ResponseHeadersAsync).GetValue("idempotency-replayed"));
        Assert.Equal("true", (await again.ResponseHeadersAsync).GetValue("idempotency-replayed"));
        var other = Lamp;
        other.Name = "Something else";
        var status = await client.CreateProductAsync(other).FailsAsync(StatusCode.InvalidArgument);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", status.GetDetail<global::Google.Rpc.ErrorInfo>()!.Reason);
        var malformed = new ProductService.ProductServiceClient(application.GrpcOfAdmin().With("idempotency-key", "two words"));
        Assert.Equal(["idempotency-key"], await malformed.CreateProductAsync(Lamp).WrongFieldsAsync());
    }

    [Fact]
    public async Task CreateProduct_WithAKeyManyTimesAtOnce_HasOneEffect()
    {
        var client = new ProductService.ProductServiceClient(application.GrpcOfAdmin().With("idempotency-key", Ids.New()));

        var made = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await client.CreateProductAsync(Lamp)));

        Assert.Single(made.Select(static product => product.Id).Distinct());
    }
}
