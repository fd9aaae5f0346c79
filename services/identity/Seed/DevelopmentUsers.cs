using Tandem.Identity.Registration;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Seed;

/// <summary>Two users whose password everybody knows, for development alone: only with SEED_DEVELOPMENT_USERS=true.</summary>
internal sealed partial class DevelopmentUsers(Registrar registrar, UserStore users, ILogger<DevelopmentUsers> logger) : IDatabaseSeed
{
    private const string Password = "Passw0rd!";

    private static readonly (string Email, string Name, string[] Roles)[] Users =
    [
        ("ann@example.com", "Ann Example", [TandemClaims.CustomerRole]),
        ("admin@example.com", "Ada Admin", [TandemClaims.AdminRole, TandemClaims.CustomerRole]),
    ];

    public async Task SeedAsync(Database database, CancellationToken cancellationToken)
    {
        List<string> made = [];
        foreach (var (email, name, roles) in Users)
        {
            if (await users.FindByEmailAsync(email, cancellationToken) is null
                && await registrar.RegisterAsync(email, Password, name, roles, cancellationToken) is not null)
            {
                made.Add(email);
            }
        }

        if (made.Count > 0)
        {
            Log.Seeded(logger, string.Join(", ", made));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5201, LogLevel.Information, "The development users {Emails} were made, with the password that everybody knows")]
        public static partial void Seeded(ILogger logger, string emails);
    }
}

/// <summary>Adds the seed.</summary>
internal static class SeedExtensions
{
    public const string Setting = "SEED_DEVELOPMENT_USERS";

    public static void AddSeed(this WebApplicationBuilder builder)
    {
        if (string.Equals(builder.Configuration[Setting], "true", StringComparison.OrdinalIgnoreCase))
        {
            builder.Services.AddSingleton<IDatabaseSeed, DevelopmentUsers>();
        }
    }
}
