using FluentValidation;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tandem.Contracts.Grpc.Basket.V1;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>What the payment service is made of.</summary>
internal static class PaymentServices
{
    public static void AddPayments(this IServiceCollection services)
    {
        services.AddOptions<ProcessingOptions>().BindConfiguration("Processing").ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ExpiryOptions>().BindConfiguration("Expiry").ValidateDataAnnotations().ValidateOnStart();

        services.AddSingleton<PaymentMetrics>();
        services.AddHostedService(static provider => provider.GetRequiredService<PaymentMetrics>());
        services.AddSingleton<PaymentStore>();
        services.AddSingleton<RefundStore>();
        services.TryAddSingleton<IPaymentProvider, SimulatedProvider>();
        services.AddSingleton<ProviderRetry>();
        services.AddSingleton<ChargeRunner>();
        services.AddSingleton<RefundRunner>();

        services.AddServiceClient<HttpBasketReader>("basket");
        services.AddServiceGrpcClient("basket", static invoker => new BasketService.BasketServiceClient(invoker));
        services.AddServiceCalls<IBasketReader, HttpBasketReader, GrpcBasketReader>();
        services.AddServiceClient<OrderClient>("order");
        services.AddSingleton<IValidator<CreatePaymentRequest>, CreatePaymentRequest.Validator>();
        services.AddScoped<CreatePayment>();
        services.AddSingleton<PaymentProcessor>();
        services.AddSingleton<IValidator<RefundRequest>, RefundRequest.Validator>();
        services.AddSingleton<RefundPayment>();
        services.AddSingleton<PaymentDesk>();

        services.AddHostedService<PaymentResumer>();
        services.AddHostedService<PaymentExpiry>();
    }
}
