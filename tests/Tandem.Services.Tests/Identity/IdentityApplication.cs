using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Identity;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

/// <summary>The identity service, with the development users.</summary>
public sealed class IdentityApplication : ServiceApplication<IdentityService>
{
    public const string Password = "Passw0rd!";

    public IdentityApplication() => With("SEED_DEVELOPMENT_USERS", "true");

    /// <summary>A user of a test's own, signed in.</summary>
    public async Task<JsonElement> RegisterAsync(string? email = null)
    {
        using var client = CreateAnonymousClient();
        email ??= $"{Ids.New()}@example.com";
        await client.PostAsync("/auth/register", new { email, password = Password, name = "Test User" }, HttpStatusCode.Created);
        return await client.PostAsync("/auth/login", new { email, password = Password }, HttpStatusCode.OK);
    }

    public HttpClient CreateClientOf(JsonElement session)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", session.Text("accessToken"));
        return client;
    }

    public async Task<HttpClient> SignInAsync(string email)
    {
        using var client = CreateAnonymousClient();
        return CreateClientOf(await client.PostAsync("/auth/login", new { email, password = Password }, HttpStatusCode.OK));
    }

    /// <summary>The strength of hashes is the framework's concern; tests want to be quick.</summary>
    protected override void ConfigureServices(IServiceCollection services)
        => services.Configure<PasswordHasherOptions>(static options => options.IterationCount = 1000);
}
