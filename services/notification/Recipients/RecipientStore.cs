using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>The users that this service knows of.</summary>
internal sealed class RecipientStore(Database database)
{
    /// <summary>There is such a user.</summary>
    public static Task KnowAsync(DbTransaction tx, string userId, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO recipients (user_id) VALUES (@userId) ON CONFLICT (user_id) DO NOTHING", new { userId }, tx, cancellationToken: cancellationToken));

    public static Task SaveAsync(DbTransaction tx, Recipient recipient, CancellationToken cancellationToken)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO recipients (user_id, email, phone, name) VALUES (@UserId, @Email, @Phone, @Name)
            ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, phone = excluded.phone, name = excluded.name
            """,
            recipient,
            tx,
            cancellationToken: cancellationToken));

    public async Task<Recipient?> FindAsync(string userId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<Recipient>(new CommandDefinition(
            "SELECT user_id, email, phone, name FROM recipients WHERE user_id = @userId", new { userId }, cancellationToken: cancellationToken));
    }

    public static async Task<IReadOnlyList<string>> AllAsync(DbTransaction tx, CancellationToken cancellationToken)
        => (await tx.Connection!.QueryAsync<string>(new CommandDefinition("SELECT user_id FROM recipients", transaction: tx, cancellationToken: cancellationToken))).AsList();
}
