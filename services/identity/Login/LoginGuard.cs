using System.Data.Common;
using Dapper;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Login;

/// <summary>Five failures a minute for an account, also for one that does not exist: then it has to wait.</summary>
internal sealed class LoginGuard(Database database, TimeProvider time)
{
    private const int MostFailures = 5;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>Counts a try as failed, for now.</summary>
    /// <returns>How long to wait when there were too many already; otherwise nothing.</returns>
    public Task<TimeSpan?> BeginAsync(string email, CancellationToken ct)
        => database.WriteAsync<TimeSpan?>(
            async tx =>
            {
                // Tries at the same moment are counted one after the other.
                await tx.LockAsync($"login {email}", ct);
                var now = time.GetUtcNow();
                var since = now - Window;
                await tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM login_attempts WHERE made_at <= @since", new { since }, tx, cancellationToken: ct));
                var (count, oldest) = await tx.Connection!.QuerySingleAsync<(int Count, DateTimeOffset? Oldest)>(new CommandDefinition(
                    "SELECT COUNT(*), MIN(made_at) FROM login_attempts WHERE email = @email", new { email }, tx, cancellationToken: ct));
                if (count >= MostFailures)
                {
                    return oldest!.Value + Window - now;
                }

                await tx.Connection!.ExecuteAsync(new CommandDefinition(
                    "INSERT INTO login_attempts (id, email, made_at) VALUES (@Id, @email, @now)", new { Id = Ids.New(now), email, now }, tx, cancellationToken: ct));
                return null;
            },
            ct);

    /// <summary>The try was good: the account's failures are forgotten.</summary>
    public static Task SucceedAsync(DbTransaction tx, string email, CancellationToken ct)
        => tx.Connection!.ExecuteAsync(new CommandDefinition("DELETE FROM login_attempts WHERE email = @email", new { email }, tx, cancellationToken: ct));
}
