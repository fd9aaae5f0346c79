using System.Data.Common;
using System.Text.Json;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Users;

/// <summary>The users' rows.</summary>
internal sealed class UserStore(Database database, TimeProvider time)
{
    private const string Select = "SELECT id, email, name, password_hash, phone, address, created_at, updated_at FROM users ";

    public Task<User?> FindAsync(string id, CancellationToken ct) => FindAsync("WHERE id = @value", id, ct);

    public Task<User?> FindByEmailAsync(string email, CancellationToken ct) => FindAsync("WHERE email = @value", User.NormalizeEmail(email), ct);

    /// <summary>Adds a user.</summary>
    /// <returns>Whether the address was free.</returns>
    public static async Task<bool> TryAddAsync(DbTransaction tx, User user, CancellationToken ct)
    {
        var added = await tx.Connection!.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO users (id, email, name, password_hash, phone, address, created_at, updated_at)
            VALUES (@Id, @Email, @Name, @PasswordHash, @Phone, @Address, @CreatedAt, @UpdatedAt)
            ON CONFLICT (email) DO NOTHING
            """,
            new { user.Id, user.Email, user.Name, user.PasswordHash, user.Phone, Address = ToText(user.Address), user.CreatedAt, user.UpdatedAt },
            tx,
            cancellationToken: ct));
        if (added == 0)
        {
            return false;
        }

        await tx.Connection!.ExecuteAsync(new CommandDefinition(
            "INSERT INTO user_roles (user_id, role) VALUES (@Id, @role)", user.Roles.Select(role => new { user.Id, role }), tx, cancellationToken: ct));
        return true;
    }

    public async Task<User?> UpdateAsync(string id, ProfileRequest profile, CancellationToken ct)
    {
        await database.WriteAsync(
            tx => tx.Connection!.ExecuteAsync(new CommandDefinition(
                "UPDATE users SET name = @Name, phone = @Phone, address = @Address, updated_at = @Now WHERE id = @id",
                new { id, Name = profile.Name!.Trim(), profile.Phone, Address = ToText(profile.Address), Now = time.GetUtcNow() },
                tx,
                cancellationToken: ct)),
            ct);
        return await FindAsync(id, ct);
    }

    public static Task SavePasswordAsync(DbTransaction tx, string id, string passwordHash, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition(
            "UPDATE users SET password_hash = @passwordHash WHERE id = @id", new { id, passwordHash }, tx, cancellationToken: ct));

    private static string? ToText(Address? address) => address is null ? null : JsonSerializer.Serialize(address, ServiceJson.Options);

    private async Task<User?> FindAsync(string where, string value, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(Select + where, new { value }, cancellationToken: ct));
        if (row is null)
        {
            return null;
        }

        var roles = await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT role FROM user_roles WHERE user_id = @Id ORDER BY role", new { row.Id }, cancellationToken: ct));
        return new User
        {
            Id = row.Id,
            Email = row.Email,
            Name = row.Name,
            PasswordHash = row.PasswordHash,
            Phone = row.Phone,
            Address = row.Address is null ? null : JsonSerializer.Deserialize<Address>(row.Address, ServiceJson.Options),
            Roles = roles.AsList(),
            CreatedAt = row.CreatedAt,
            UpdatedAt = row.UpdatedAt,
        };
    }

    private sealed class Row
    {
        public string Id { get; init; } = "";

        public string Email { get; init; } = "";

        public string Name { get; init; } = "";

        public string PasswordHash { get; init; } = "";

        public string? Phone { get; init; }

        public string? Address { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }
    }
}
