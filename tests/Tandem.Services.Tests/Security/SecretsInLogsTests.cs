using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Identity.Tokens;
using Tandem.Payment;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Identity;

namespace Tandem.Services.Tests.Security;

/// <summary>What no log may hold, looked for with everything logged that can be.</summary>
public sealed class SecretsInLogsTests
{
    [Fact]
    public async Task Identity_LoggingEverything_SaysNoPasswordTokenOrKey()
    {
        const string password = "correct horse battery";
        await using var application = new IdentityApplication();
        application.With("LOG_LEVEL", "trace").With("Logging:LogLevel:Microsoft.AspNetCore", "Trace").With("DAPR_API_TOKEN", "the-token-of-the-sidecar");
        await application.StartAsync();
        using var client = application.CreateAnonymousClient();
        var email = $"{Ids.New()}@example.com";
        await client.PostAsync("/auth/register", new { email, password, name = "Ann" }, HttpStatusCode.Created);
        await client.PostAsync("/auth/login", new { email, password = $"{password}!" }, HttpStatusCode.Unauthorized);
        var session = await client.PostAsync("/auth/login", new { email, password }, HttpStatusCode.OK);
        var next = await client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") }, HttpStatusCode.OK);
        await client.PostAsync("/auth/refresh", new { refreshToken = session.Text("refreshToken") }, HttpStatusCode.Unauthorized);
        await client.PostAsync("/auth/logout", new { refreshToken = next.Text("refreshToken") }, HttpStatusCode.NoContent);
        using var user = application.CreateClientOf(session);
        await user.GetAsync("/users/me", HttpStatusCode.OK);
        using var forged = application.CreateClient(Ids.New(), TandemClaims.AdminRole);
        await forged.GetAsync("/users/me", HttpStatusCode.Unauthorized);

        Assert.NotEmpty(application.Logs.Entries);
        HasNone(
            application.Logs, password, session.Text("accessToken"), session.Text("refreshToken"), next.Text("refreshToken"), "the-token-of-the-sidecar", "the-app-token-of-these-tests",
            "Data Source=", forged.DefaultRequestHeaders.Authorization!.Parameter!, await File.ReadAllTextAsync(Path.Combine(application.DataDirectory, "identity-keys.secret")));
        Assert.NotNull(application.Services.GetRequiredService<KeyRing>().Current);
    }

    [Fact]
    public async Task Payment_LoggingEverything_SaysNoTokenOfACard()
    {
        await using var application = new ServiceApplication<PaymentService>();
        application.With("LOG_LEVEL", "trace").With("Logging:LogLevel:Microsoft.AspNetCore", "Trace");
        await application.StartAsync();
        var userId = Ids.New();
        using var client = application.CreateClient(userId);

        var payment = await client.PostAsync("/payments", new { userId, amount = 5, method = "card", token = "tok_visa" }, HttpStatusCode.Created);
        await client.PostAsync($"/payments/{payment.Text("id")}/process", null, HttpStatusCode.OK);
        await client.PostAsync("/payments", new { userId, amount = 5, method = "card", token = "4111111111111111" }, HttpStatusCode.BadRequest);

        Assert.NotEmpty(application.Logs.Entries);
        HasNone(application.Logs, "tok_visa", "4111111111111111", client.DefaultRequestHeaders.Authorization!.Parameter!);
    }

    [Fact]
    public async Task Answers_OfPaymentsAndUsers_HoldNoSecretEither()
    {
        await using var application = new IdentityApplication();
        await application.StartAsync();
        using var user = application.CreateClientOf(await application.RegisterAsync());

        var me = await user.GetAsync("/users/me", HttpStatusCode.OK);

        Assert.Equal(["address", "email", "id", "name", "phone", "roles"], me.EnumerateObject().Select(static member => member.Name).Order(StringComparer.Ordinal));
    }

    private static void HasNone(CapturedLogs logs, params string[] secrets)
    {
        var found = logs.Entries
            .Where(entry => secrets.Any(secret => entry.Text.Contains(secret, StringComparison.Ordinal) || entry.Fields.Values.Any(value => value?.Contains(secret, StringComparison.Ordinal) == true)))
            .Select(static entry => JsonSerializer.Serialize(entry));
        Assert.Empty(found);
    }
}
