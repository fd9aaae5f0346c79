using FluentValidation;
using Tandem.ServiceDefaults;

namespace Tandem.Order;

/// <summary>What the order service is made of.</summary>
internal static class OrderServices
{
    public static void AddOrders(this IServiceCollection services)
    {
        services.AddOptions<SagaOptions>().BindConfiguration("Saga").ValidateDataAnnotations()
            .Validate(static saga => saga.StepTimeout <= saga.Lease / 2, "Saga:StepTimeout must be half of Saga:Lease at most.")
            .ValidateOnStart();

        services.AddSingleton<OrderMetrics>();
        services.AddHostedService(static provider => provider.GetRequiredService<OrderMetrics>());
        services.AddSingleton<OrderWatch>();
        services.AddSingleton<OrderStore>();
        services.AddSingleton<OrderStream>();

        services.AddServiceClient<ProductClient>("product");
        services.AddServiceClient<PaymentClient>("payment");
        services.AddServiceClient<BasketClient>("basket");

        services.AddSingleton<SagaQueue>();
        services.AddSingleton<OrderSaga>();
        services.AddHostedService<SagaRunner>();
        services.AddSingleton<SagaList>();
        services.AddSingleton<SagaDesk>();

        services.AddSingleton<IValidator<CreateOrderRequest>, CreateOrderRequest.Validator>();
        services.AddScoped<CreateOrder>();
        services.AddSingleton<IValidator<CancelOrderRequest>, CancelOrderRequest.Validator>();
        services.AddSingleton<CancelOrder>();
        services.AddSingleton<OrderDesk>();

        services.AddSingleton<OrderShippedHandler>();
        services.AddSingleton<OrderDeliveredHandler>();
    }
}
