using Google.Protobuf.WellKnownTypes;
using Tandem.ServiceDefaults;
using V1 = Tandem.Contracts.Grpc.Basket.V1;

namespace Tandem.Basket;

/// <summary>Baskets as gRPC messages.</summary>
internal static class BasketMessages
{
    public static V1.Basket ToMessage(this BasketView basket) => new()
    {
        Id = basket.Id,
        UserId = basket.UserId,
        Items = { basket.Items.Select(item => item.ToMessage(basket.Currency)) },
        Total = basket.Total.ToMoney(basket.Currency),
        CreatedAt = basket.CreatedAt?.ToTimestamp(),
        UpdatedAt = basket.UpdatedAt?.ToTimestamp(),
    };

    private static V1.BasketItem ToMessage(this BasketItem item, string currency) => new()
    {
        ProductId = item.ProductId,
        Name = item.Name,
        Category = item.Category,
        Price = item.Price.ToMoney(currency),
        Quantity = item.Quantity,
        Subtotal = item.Subtotal.ToMoney(currency),
    };
}
