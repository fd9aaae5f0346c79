using System.Net;
using System.Text;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Security;

/// <summary>Texts that mean something to what lies behind, in every place where the services' OpenAPI documents say that a text can stand.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class InjectionTests(SecuredMesh mesh)
{
    private static readonly string[] Hostile =
    [
        "' OR '1'='1", "'; DROP TABLE users; --", "1 UNION SELECT password_hash FROM users", "\") OR 1=1 --", "%' ESCAPE '", "_%[",
        "\" OR name:*", "NEAR(a b, 5)", "a AND", "name : \"x", "^a*", "(((", "-- ", "{\"$ne\":null}", "${jndi:ldap://127.0.0.1/a}", "{{7*7}}",
        "a\r\nSet-Cookie: admin=1", "a\nb", "\u0000", "../../../../etc/passwd", "..\\..\\secret", "%2e%2e%2f", "\ud83d\ude00", "\u202e", "<script>alert(1)</script>", "$(id)", "`id`",
    ];

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryParameterAndField_WithAHostileText_IsAnsweredAndHarmsNothing(string name)
    {
        var service = mesh[name];
        var document = await OpenApiDocument.OfAsync(service);
        using var admin = service.ClientOf(service.AdminToken);
        var tables = await TablesAsync(service);
        List<string> broken = [];
        var tried = 0;

        foreach (var (method, path, operation) in document.Operations)
        {
            foreach (var text in Hostile)
            {
                // A client in memory refuses NUL in a path by itself, as the server does.
                using var request = new HttpRequestMessage(new HttpMethod(method), OpenApiDocument.Address(path, operation, text.Replace('\0', '_')));
                if (document.Body(operation, text) is { } body)
                {
                    request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
                }

                using var response = await admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                tried++;
                if ((int)response.StatusCode >= 500 || response.Headers.Contains("Set-Cookie"))
                {
                    broken.Add($"{method} {path} with {text}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                }
            }
        }

        Assert.True(tried > 50, $"only {tried} requests");
        Assert.Empty(broken);
        Assert.Equal(tables, await TablesAsync(service));
        Assert.DoesNotContain(service.Logs.Entries, static entry => entry.Text.Contains("SQLite Error", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryParameter_GivenTwice_IsAnsweredWithoutAFailure(string name)
    {
        var service = mesh[name];
        using var stranger = service.ClientOf(service.StrangerToken);
        List<string> broken = [];
        foreach (var (_, path, operation) in (await OpenApiDocument.OfAsync(service)).Operations.Where(static operation => operation.Method == "GET"))
        {
            var address = OpenApiDocument.Address(path, operation, "1");
            if (!address.Contains('?', StringComparison.Ordinal))
            {
                continue;
            }

            // The second time it is the owner's id, for whoever looks at the last one alone.
            var twice = $"{address}&{address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..].Replace("=1", $"={service.Owner}", StringComparison.Ordinal)}";
            using var response = await stranger.GetAsync(Http.At(twice), HttpCompletionOption.ResponseHeadersRead);
            if ((int)response.StatusCode >= 500 || (response.StatusCode == HttpStatusCode.OK && (await response.Content.ReadAsStringAsync()).Contains(service.Owner, StringComparison.Ordinal)))
            {
                broken.Add($"{twice}: {(int)response.StatusCode}");
            }
        }

        Assert.Empty(broken);
    }

    [Theory]
    [InlineData("' OR '1'='1")]
    [InlineData("ann@example.com' --")]
    [InlineData("ann@example.com\"; DELETE FROM users; --")]
    public async Task Login_WithSqlForAnAddress_IsWrongCredentials(string email)
    {
        using var client = mesh["identity"].CreateClient();

        var problem = await client.PostAsync("/auth/login", new { email, password = "' OR '1'='1" }, HttpStatusCode.Unauthorized);

        Assert.Equal("Email address or password is wrong.", problem.Text("detail"));
    }

    [Theory]
    [InlineData("zebra*")]
    [InlineData("\"zebra")]
    [InlineData("zebra) OR (x")]
    [InlineData("name:zebra")]
    [InlineData("name : * OR zebra")]
    [InlineData("NEAR(zebra x, 9)")]
    [InlineData("^zebra + -zebra")]
    public async Task Search_WithTheSyntaxOfTheIndex_LooksForItsWordsAlone(string query)
    {
        var service = mesh["product"];
        using var admin = service.ClientOf(service.AdminToken);
        var whole = (await admin.GetAsync("/products?pageSize=1", HttpStatusCode.OK)).Number("total");

        var found = await admin.GetAsync($"/products/search?q={Uri.EscapeDataString(query)}", HttpStatusCode.OK);

        Assert.InRange(found.Number("total"), 0, whole / 2);
    }

    private static async Task<IReadOnlyList<string>> TablesAsync(SecuredService service)
    {
        if (service.Services.GetService<Database>() is not { } database)
        {
            return [];
        }

        await using var connection = await database.OpenAsync(CancellationToken.None);
        return (await connection.QueryAsync<string>(connection is Microsoft.Data.Sqlite.SqliteConnection
            ? "SELECT name FROM sqlite_master ORDER BY name"
            : "SELECT table_name FROM information_schema.tables ORDER BY table_name")).AsList();
    }
}
