using Dapr.Actors;

namespace Tandem.Basket;

/// <summary>The basket of one user; the actor's id is the user's. Every method answers with the basket as it is afterwards.</summary>
public interface IBasketActor : IActor
{
    /// <summary>The basket; an empty one for a user who has none.</summary>
    Task<BasketView> GetAsync();

    /// <summary>What was answered to an idempotency key before.</summary>
    Task<Remembered> RememberAsync(KeyedRequest key);

    /// <summary>Makes the basket exist, and says whether it did not.</summary>
    Task<BasketAnswer> CreateAsync(Creation creation);

    /// <summary>Adds to a line, or makes one.</summary>
    Task<BasketAnswer> AddAsync(LineChange change);

    /// <summary>Sets the quantity of a line.</summary>
    Task<BasketAnswer> SetQuantityAsync(LineChange change);

    /// <summary>Takes a line out.</summary>
    Task<BasketAnswer> RemoveAsync(int productId);

    /// <summary>Takes everything out.</summary>
    Task<BasketView> ClearAsync();

    /// <summary>Takes everything out and forgets when the basket was made.</summary>
    Task DeleteAsync();

    /// <summary>Takes out what was ordered; the same order any number of times, with the effect of one.</summary>
    Task<BasketView> CheckOutAsync(CheckOut order);
}
