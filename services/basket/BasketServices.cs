using FluentValidation;
using Tandem.Contracts.Grpc.Product.V1;
using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>What the basket service is made of.</summary>
internal static class BasketServices
{
    public static void AddBaskets(this IServiceCollection services)
    {
        services.AddOptions<BasketOptions>()
            .BindConfiguration("Basket")
            .ValidateDataAnnotations()
            .Validate(static options => options.EmptiedAfter > options.AbandonedAfter, "Basket:EmptiedAfter must be longer than Basket:AbandonedAfter.")
            .ValidateOnStart();
        services.AddSingleton<BasketPublisher>();
        services.AddSingleton<BasketMetrics>();
        services.AddHostedService(static provider => provider.GetRequiredService<BasketMetrics>());
        services.AddServiceClient<HttpProductCatalog>("product");
        services.AddServiceGrpcClient("product", static invoker => new ProductService.ProductServiceClient(invoker));
        services.AddServiceCalls<IProductCatalog, HttpProductCatalog, GrpcProductCatalog>();
        services.AddSingleton<BasketDesk>();
        services.AddActors(static options =>
        {
            options.Actors.RegisterActor<BasketActor>(BasketActor.TypeName);
            options.ActorIdleTimeout = TimeSpan.FromMinutes(10);
            options.UseJsonSerialization = true;
            options.JsonSerializerOptions = ServiceJson.Options;
        });
        services.AddSingleton<IValidator<CreateBasketRequest>, CreateBasketRequest.Validator>();
        services.AddSingleton<IValidator<AddItemRequest>, AddItemRequest.Validator>();
        services.AddSingleton<IValidator<SetQuantityRequest>, SetQuantityRequest.Validator>();
        services.AddSingleton<IValidator<CheckOutRequest>, CheckOutRequest.Validator>();
    }
}
