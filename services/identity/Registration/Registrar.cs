using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Tandem.Contracts.Events;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Registration;

/// <summary>Makes users; the mesh is told in the same transaction.</summary>
internal sealed class Registrar(Database database, Outbox outbox, IPasswordHasher<User> passwords, TimeProvider time)
{
    /// <summary>Makes a user.</summary>
    /// <returns>The user; nothing when the address is taken.</returns>
    public async Task<User?> RegisterAsync(string email, string password, string name, IReadOnlyList<string> roles, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var user = new User
        {
            Id = Ids.New(now),
            Email = User.NormalizeEmail(email),
            Name = name.Trim(),
            PasswordHash = passwords.HashPassword(null!, password),
            Roles = roles,
            CreatedAt = now,
            UpdatedAt = now,
        };
        return await database.WriteAsync(tx => TryAddAsync(tx, user, ct), ct) ? user : null;
    }

    private async Task<bool> TryAddAsync(DbTransaction tx, User user, CancellationToken ct)
    {
        if (!await UserStore.TryAddAsync(tx, user, ct))
        {
            return false;
        }

        await outbox.AddAsync(tx, new UserRegistered { UserId = user.Id, Email = user.Email, Name = user.Name }, ct);
        return true;
    }
}
