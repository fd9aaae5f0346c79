using Tandem.ServiceDefaults;

namespace Tandem.Basket;

/// <summary>What the basket needs of the product service: name, price and stock of a product.</summary>
internal interface IProductCatalog
{
    /// <summary>The product as it is now; nothing when there is none of that id.</summary>
    /// <exception cref="ServiceCallException">The product service gives no answer.</exception>
    Task<ProductOffer?> FindAsync(int id, CancellationToken cancellationToken);
}
