using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Identity.Tokens;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Identity;

public sealed class KeyRotationTests
{
    private const string Secret = "a secret of the store, at least 32 characters long";

    [Fact]
    public async Task Key_ComingOfAge_IsFollowedByOneThatWasPublishedBefore()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new IdentityApplication { Clock = clock };
        await application.StartAsync();
        var first = Assert.Single(await PublishedAsync(application));
        var signedByFirst = await SignedByAsync(application);

        await AdvanceAsync(application, clock, TimeSpan.FromDays(30) - TimeSpan.FromMinutes(50));
        var both = await PublishedAsync(application);
        var stillFirst = await SignedByAsync(application);
        await AdvanceAsync(application, clock, TimeSpan.FromMinutes(51));
        var second = await SignedByAsync(application);

        Assert.Equal(first, signedByFirst);
        Assert.Equal(2, both.Count);
        Assert.Equal(first, stillFirst);
        Assert.Equal(both.Single(kid => kid != first), second);
    }

    [Fact]
    public async Task Rotation_ComesByItself()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new IdentityApplication { Clock = clock };
        application.With("SIGNING_KEY_LIFETIME", "2h");
        await application.StartAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        HashSet<string> seen = [.. await PublishedAsync(application)];

        while (seen.Count < 3)
        {
            patience.Token.ThrowIfCancellationRequested();
            clock.Advance(TimeSpan.FromMinutes(10));
            seen.UnionWith(await PublishedAsync(application));
        }

        Assert.Contains(await SignedByAsync(application), seen);
    }

    [Fact]
    public async Task Token_OfTheKeyBefore_StaysGoodUntilItExpires()
    {
        var clock = new Defaults.ManualTimeProvider();
        await using var application = new IdentityApplication { Clock = clock };
        await application.StartAsync();
        await AdvanceAsync(application, clock, TimeSpan.FromDays(30) - TimeSpan.FromMinutes(59));
        await AdvanceAsync(application, clock, TimeSpan.FromMinutes(58));
        var session = await application.RegisterAsync();
        using var user = application.CreateClientOf(session);
        var before = Kid(session);

        await AdvanceAsync(application, clock, TimeSpan.FromMinutes(5));

        Assert.NotEqual(before, await SignedByAsync(application));
        await user.GetAsync("/users/me", HttpStatusCode.OK);
        Assert.Contains(before, await PublishedAsync(application));
        await AdvanceAsync(application, clock, TimeSpan.FromMinutes(20));
        Assert.DoesNotContain(before, await PublishedAsync(application));
        await user.GetAsync("/users/me", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Restart_KeepsTheKeysAndTheTokens()
    {
        using var folder = new Testing.TemporaryFolder();
        JsonElement session;
        string[] published;
        await using (var before = await StartAsync(folder.Path))
        {
            session = await before.RegisterAsync();
            published = [.. await PublishedAsync(before)];
        }

        await using var after = await StartAsync(folder.Path);
        using var user = after.CreateClientOf(session);

        Assert.Equal(published, await PublishedAsync(after));
        await user.GetAsync("/users/me", HttpStatusCode.OK);
    }

    [Fact]
    public async Task SecondInstance_SharesKeysAndTheirRotation()
    {
        using var folder = new Testing.TemporaryFolder();
        var clock = new Defaults.ManualTimeProvider();
        await using var one = await StartAsync(folder.Path, clock, secret: Secret);
        await using var two = await StartAsync(folder.Path, clock, secret: Secret);
        var session = await one.RegisterAsync();
        using var atTwo = two.CreateClientOf(session);

        await atTwo.GetAsync("/users/me", HttpStatusCode.OK);
        clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromMinutes(30));
        await Task.WhenAll(RefreshAsync(one), RefreshAsync(two));
        await RefreshAsync(one);

        var published = await PublishedAsync(one);
        Assert.Equal(2, published.Count);
        Assert.Equal(published, await PublishedAsync(two));
        clock.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(await SignedByAsync(one), await SignedByAsync(two));
    }

    [Fact]
    public async Task Database_HoldsNoTokenAndNoPrivateKeyInTheClear()
    {
        await using var application = new IdentityApplication();
        await application.StartAsync();
        var session = await application.RegisterAsync();
        var key = (Microsoft.IdentityModel.Tokens.ECDsaSecurityKey)application.Services.GetRequiredService<KeyRing>().Current.Key;
        var secretPart = key.ECDsa.ExportParameters(includePrivateParameters: true).D!;

        await using var connection = await application.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        var stored = await connection.QuerySingleAsync<byte[]>("SELECT private_key FROM signing_keys");
        var hashes = (await connection.QueryAsync<string>("SELECT hash FROM refresh_tokens UNION ALL SELECT password_hash FROM users")).ToList();

        Assert.Throws<CryptographicException>(() =>
        {
            using var opened = ECDsa.Create();
            opened.ImportPkcs8PrivateKey(stored, out _);
        });
        Assert.Equal(-1, stored.AsSpan().IndexOf(secretPart));
        Assert.True(hashes.Count >= 4);
        Assert.DoesNotContain(hashes, hash => hash.Contains(session.Text("refreshToken"), StringComparison.Ordinal) || hash.Contains(IdentityApplication.Password, StringComparison.Ordinal));
        Assert.Equal(32, Microsoft.IdentityModel.Tokens.Base64UrlEncoder.DecodeBytes(session.Text("refreshToken")).Length);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(application.DataDirectory, "identity-keys.secret")));
    }

    [Fact]
    public async Task Keys_OfBeforeEncryption_AreEncryptedAndStayTheSame()
    {
        using var folder = new Testing.TemporaryFolder();
        await using (var before = await StartAsync(folder.Path))
        {
            await before.Services.GetRequiredService<Database>().WriteAsync(
                tx => tx.Connection!.ExecuteAsync("UPDATE signing_keys SET private_key = @Key", new { Key = SigningKey.Generate() }, tx), CancellationToken.None);
        }

        await using var after = await StartAsync(folder.Path);
        await using var connection = await after.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);

        Assert.True(KeyProtector.IsProtected(await connection.QuerySingleAsync<byte[]>("SELECT private_key FROM signing_keys")));
        using var user = after.CreateClientOf(await after.RegisterAsync());
        await user.GetAsync("/users/me", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Start_WithAnotherSecret_StopsAndSaysWhy()
    {
        using var folder = new Testing.TemporaryFolder();
        await using (var before = await StartAsync(folder.Path))
        {
            Assert.Single(await PublishedAsync(before));
        }

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "identity-keys.secret"), Secret);
        var exitCode = Environment.ExitCode;
        await using var after = new IdentityApplication();
        after.With("TANDEM_DATA_DIR", folder.Path);
        await after.Sidecar.StartAsync();
        using var client = after.CreateAnonymousClient();
        await after.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().ApplicationStopping.WaitAsync();
        Environment.ExitCode = exitCode;

        Assert.Contains(after.Logs.Entries, static entry => entry.Text.Contains("cannot be opened", StringComparison.Ordinal) && entry.Text.Contains("identity-keys.secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("SIGNING_KEY_LIFETIME", "5m")]
    [InlineData("SIGNING_KEY_LIFETIME", "soon")]
    public async Task Start_WithALifetimeThatIsNone_NamesTheSetting(string name, string value)
    {
        await using var application = new IdentityApplication();
        application.With(name, value);
        await application.Sidecar.StartAsync();

        var exception = Assert.ThrowsAny<Exception>(() => application.Services);

        Assert.Contains(value == "soon" ? name : "Lifetime", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutTheSetting_MakesNoKnownUsers()
    {
        await using var application = new ServiceApplication<Tandem.Identity.IdentityService>();
        await application.StartAsync();
        using var client = application.CreateAnonymousClient();

        await client.PostAsync("/auth/login", new { email = "admin@example.com", password = IdentityApplication.Password }, HttpStatusCode.Unauthorized);
        await using var connection = await application.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);

        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM users"));
    }

    private static async Task<IdentityApplication> StartAsync(string folder, Defaults.ManualTimeProvider? clock = null, string? secret = null)
    {
        var application = new IdentityApplication { Clock = clock };
        application.With("TANDEM_DATA_DIR", folder);
        if (secret is not null)
        {
            application.With("SIGNING_KEYS_SECRET", "identity-keys");
            application.Sidecar.Secrets["identity-keys"] = secret;
        }

        await application.StartAsync();
        return application;
    }

    private static async Task AdvanceAsync(IdentityApplication application, Defaults.ManualTimeProvider clock, TimeSpan by)
    {
        clock.Advance(by);
        await RefreshAsync(application);
    }

    /// <summary>What the timer does every minute, without waiting for its round.</summary>
    private static Task RefreshAsync(IdentityApplication application)
        => application.Services.GetRequiredService<KeyRing>().RefreshAsync(application.Services.GetRequiredService<Database>(), CancellationToken.None);

    private static async Task<IReadOnlyList<string>> PublishedAsync(IdentityApplication application)
    {
        using var client = application.CreateAnonymousClient();
        var keys = await client.GetAsync("/.well-known/jwks.json", HttpStatusCode.OK);
        return [.. keys.GetProperty("keys").EnumerateArray().Select(static key => key.Text("kid"))];
    }

    private static async Task<string> SignedByAsync(IdentityApplication application) => Kid(await application.RegisterAsync());

    private static string Kid(JsonElement session)
        => JsonDocument.Parse(Microsoft.IdentityModel.Tokens.Base64UrlEncoder.Decode(session.Text("accessToken").Split('.')[0])).RootElement.Text("kid");
}

internal static class Waiting
{
    public static async Task WaitAsync(this CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), CancellationToken.None);
    }
}
