using Tandem.Contracts.Grpc.Basket.V1;
using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>Asks by gRPC, which the sidecars proxy.</summary>
internal sealed class GrpcBasketReader(BasketService.BasketServiceClient baskets) : IBasketReader
{
    public async Task<Purchase> GetAsync(string userId, CancellationToken cancellationToken)
    {
        var request = new GetBasketRequest { UserId = userId };
        var basket = await GrpcServiceCalls.FindAsync("GetBasket of basket", options => baskets.GetBasketAsync(request, options), cancellationToken);
        return basket is null
            ? Purchase.Nothing
            : new Purchase(
                basket.Total.ToAmount(),
                basket.Total.Currency,
                [.. basket.Items.Select(static item => new PaymentItem(item.ProductId, item.Name, item.Price.ToAmount(), item.Quantity))]);
    }
}
