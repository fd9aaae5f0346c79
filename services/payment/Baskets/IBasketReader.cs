using Tandem.ServiceDefaults;

namespace Tandem.Payment;

/// <summary>What payment needs of the basket service: what lies in a basket.</summary>
internal interface IBasketReader
{
    /// <summary>The user's basket, which is empty when there is nothing in it.</summary>
    /// <exception cref="ServiceCallException">The basket service gives no answer.</exception>
    Task<Purchase> GetAsync(string userId, CancellationToken cancellationToken);
}
