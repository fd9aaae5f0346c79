using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Finds where a user can be reached: among what events told, and else by asking identity.</summary>
internal sealed class RecipientDirectory(Database database, RecipientStore recipients, IdentityClient identity)
{
    /// <param name="userId">The user.</param>
    /// <param name="address">The address that is needed.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The recipient with that address, or nothing when the user has none.</returns>
    public async Task<Recipient?> FindAsync(string userId, Func<Recipient, string?> address, CancellationToken cancellationToken)
    {
        if (await recipients.FindAsync(userId, cancellationToken) is { } known && !string.IsNullOrEmpty(address(known)))
        {
            return known;
        }

        if (await identity.FindAsync(userId, cancellationToken) is not { } found)
        {
            return null;
        }

        await database.WriteAsync(tx => RecipientStore.SaveAsync(tx, found, cancellationToken), cancellationToken);
        return string.IsNullOrEmpty(address(found)) ? null : found;
    }
}
