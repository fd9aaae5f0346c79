using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tandem.Contracts.Grpc.Identity.V1;
using Tandem.Identity;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Grpc;
using User = Tandem.Identity.Users.User;

namespace Tandem.Services.Tests.Security;

/// <summary>How long a failed login takes says nothing, because the work is the same: it is counted here and not timed.</summary>
public sealed class LoginWorkTests
{
    [Fact]
    public async Task Login_ThatFails_ComparesOnceWhetherTheAccountExistsOrNot()
    {
        await using var application = new CountingApplication();
        await application.StartAsync();
        using var client = application.CreateAnonymousClient();
        await client.PostAsync("/auth/register", new { email = "ann@example.com", password = "a long one", name = "Ann" }, HttpStatusCode.Created);

        // The first login of a process makes the hash that nobody has, whoever it is.
        await client.PostAsync("/auth/login", new { email = "first@example.com", password = "wrong one" }, HttpStatusCode.Unauthorized);
        var known = await WorkOfAsync(application, client, "ann@example.com");
        var unknown = await WorkOfAsync(application, client, "nobody@example.com");
        var again = await WorkOfAsync(application, client, "nobody-else@example.com");

        Assert.Equal((1, 0), known);
        Assert.Equal(known, unknown);
        Assert.Equal(known, again);
    }

    [Fact]
    public async Task Login_OfALockedAccount_ComparesNothingWhetherItExistsOrNot()
    {
        await using var application = new CountingApplication();
        await application.StartAsync();
        using var client = application.CreateAnonymousClient();
        await client.PostAsync("/auth/register", new { email = "ann@example.com", password = "a long one", name = "Ann" }, HttpStatusCode.Created);

        foreach (var email in (string[])["ann@example.com", "nobody@example.com"])
        {
            for (var failure = 0; failure < 5; failure++)
            {
                await client.PostAsync("/auth/login", new { email, password = "wrong one" }, HttpStatusCode.Unauthorized);
            }

            var before = application.Hasher.Work;
            await client.PostAsync("/auth/login", new { email, password = "wrong one" }, HttpStatusCode.TooManyRequests);
            Assert.Equal(before, application.Hasher.Work);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Login_FailingOverHttpAndGrpc_CountsTogether(bool exists)
    {
        await using var application = new CountingApplication();
        await application.StartAsync();
        using var client = application.CreateAnonymousClient();
        var grpc = new Contracts.Grpc.Identity.V1.Identity.IdentityClient(application.GrpcOfNobody());
        var email = $"{Ids.New()}@example.com";
        if (exists)
        {
            await client.PostAsync("/auth/register", new { email, password = "a long one", name = "Ann" }, HttpStatusCode.Created);
        }

        for (var failure = 0; failure < 3; failure++)
        {
            await client.PostAsync("/auth/login", new { email, password = "wrong one" }, HttpStatusCode.Unauthorized);
        }

        for (var failure = 0; failure < 2; failure++)
        {
            await grpc.AuthenticateAsync(new AuthenticateRequest { Email = email, Password = "wrong one" }).FailsAsync(StatusCode.Unauthenticated);
        }

        await grpc.AuthenticateAsync(new AuthenticateRequest { Email = email.ToUpperInvariant(), Password = "a long one" }).FailsAsync(StatusCode.ResourceExhausted);
        await client.PostAsync("/auth/login", new { email, password = "a long one" }, HttpStatusCode.TooManyRequests);
    }

    private static async Task<(int Compared, int Hashed)> WorkOfAsync(CountingApplication application, HttpClient client, string email)
    {
        var before = application.Hasher.Work;
        await client.PostAsync("/auth/login", new { email, password = "wrong one" }, HttpStatusCode.Unauthorized);
        var after = application.Hasher.Work;
        return (after.Compared - before.Compared, after.Hashed - before.Hashed);
    }

    private sealed class CountingApplication : ServiceApplication<IdentityService>
    {
        public CountingHasher Hasher { get; } = new();

        protected override void ConfigureServices(IServiceCollection services)
            => services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<User>>(Hasher));
    }

    private sealed class CountingHasher : IPasswordHasher<User>
    {
        private int _compared;
        private int _hashed;

        public (int Compared, int Hashed) Work => (Volatile.Read(ref _compared), Volatile.Read(ref _hashed));

        public string HashPassword(User user, string password)
        {
            Interlocked.Increment(ref _hashed);
            return $"hash of {password}";
        }

        public PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Interlocked.Increment(ref _compared);
            return hashedPassword == $"hash of {providedPassword}" ? PasswordVerificationResult.Success : PasswordVerificationResult.Failed;
        }
    }
}
