using System.Net;
using System.Text.Json;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Security;

/// <summary>What the contract says of all services at its top, held against all that they describe of themselves.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class CommonRulesTests(SecuredMesh mesh)
{
    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryList_WithAPageThatCannotBe_Is400AndNamesTheParameter(string name)
    {
        var service = mesh[name];
        using var admin = service.ClientOf(service.AdminToken);
        List<string> wrong = [];
        foreach (var (_, path, operation) in (await OpenApiDocument.OfAsync(service)).Operations.Where(static operation => IsList(operation.Operation)))
        {
            var address = path.Replace("{userId}", service.Owner, StringComparison.Ordinal);
            foreach (var (parameter, value) in ((string, string)[])[("page", "0"), ("page", "-1"), ("page", "1000001"), ("page", "x"), ("pageSize", "0"), ("pageSize", "101"), ("pageSize", "x")])
            {
                using var response = await admin.GetAsync(Http.At($"{address}?q=lamp&{parameter}={value}"));
                var text = await response.Content.ReadAsStringAsync();
                if (response.StatusCode != HttpStatusCode.BadRequest || !text.Contains(parameter, StringComparison.Ordinal))
                {
                    wrong.Add($"{address}?{parameter}={value}: {(int)response.StatusCode} {text}");
                }
            }

            var page = await admin.GetAsync($"{address}?q=lamp", HttpStatusCode.OK);
            if (page.Number("page") != 1 || page.Number("pageSize") != 20 || !page.TryGetProperty("total", out _) || page.GetProperty("items").GetArrayLength() > 20)
            {
                wrong.Add($"{address}: {page.GetRawText()[..Math.Min(200, page.GetRawText().Length)]}");
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryPath_WithAMalformedId_Is404InProblemDetails(string name)
    {
        var service = mesh[name];
        using var admin = service.ClientOf(service.AdminToken);
        List<string> wrong = [];
        foreach (var route in service.Routes.Where(static route => route.Pattern.Contains('{', StringComparison.Ordinal) && !route.Pattern.StartsWith("/openapi", StringComparison.Ordinal) && !route.Pattern.StartsWith("/actors", StringComparison.Ordinal)))
        {
            foreach (var id in (string[])["not-an-id", "0", "%20", "00000000-0000-0000-0000-00000000000G", new string('9', 40)])
            {
                using var request = route.RequestAbout(service.Owner, service.OwnersId);
                request.RequestUri = new Uri(System.Text.RegularExpressions.Regex.Replace(route.Pattern, @"\{[^}]+\}", id), UriKind.Relative);
                using var response = await admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                var text = await response.Content.ReadAsStringAsync();
                if (response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Forbidden) || !IsProblem(text, response.StatusCode))
                {
                    wrong.Add($"{route.Method} {request.RequestUri}: {(int)response.StatusCode} {text}");
                }
            }
        }

        Assert.Empty(wrong);
    }

    [Theory]
    [MemberData(nameof(SecuredMesh.Names), MemberType = typeof(SecuredMesh))]
    public async Task EveryService_AnswersAboutItself(string name)
    {
        using var nobody = mesh[name].CreateClient();

        var health = await nobody.GetAsync("/health", HttpStatusCode.OK);
        await nobody.GetAsync("/health/ready", HttpStatusCode.OK);
        await nobody.GetAsync("/health/live", HttpStatusCode.OK);
        var document = await nobody.GetAsync("/openapi/v1.json", HttpStatusCode.OK);
        using var metrics = await nobody.GetAsync(Http.At("/metrics"));

        Assert.Equal(name, health.Text("service"));
        Assert.True(health.GetProperty("checks").TryGetProperty("sidecar", out _));
        Assert.NotEmpty(document.GetProperty("paths").EnumerateObject());
        Assert.Contains("# TYPE http_server_request_duration_seconds histogram", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static bool IsList(JsonElement operation)
        => operation.TryGetProperty("parameters", out var parameters) && parameters.EnumerateArray().Any(static parameter => parameter.GetProperty("name").GetString() == "pageSize");

    private static bool IsProblem(string text, HttpStatusCode status)
    {
        var problem = JsonDocument.Parse(text).RootElement;
        return problem.Number("status") == (int)status
            && problem.TryGetProperty("type", out _) && problem.TryGetProperty("title", out _) && problem.TryGetProperty("traceId", out _) && problem.TryGetProperty("instance", out _);
    }
}
