using System.Net;
using System.Text.Json;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Contract;

/// <summary>What each service says about itself, and the routes that all of them have.</summary>
[Collection(ContractCollection.Name)]
public sealed class DocumentTests(EveryService services)
{
    public static TheoryData<string> Names => [.. EveryService.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Document_OfEachOperation_SaysWhatItDoesAndHowItFails(string service)
    {
        var faults = services.OperationsOf(service).SelectMany(static operation => FaultsOf(operation).Select(fault => $"{operation.Name}: {fault}")).ToList();

        Assert.NotEmpty(services.OperationsOf(service));
        Assert.True(faults.Count == 0, $"In the document of {service} (.Describe(\"…\") where a route is mapped says what it does):\n{string.Join('\n', faults)}");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task DefaultRoutes_OfEachService_Answer(string service)
    {
        using var client = services.ClientOf(service);

        foreach (var path in (string[])["/health", "/health/ready", "/health/live"])
        {
            using var health = await client.GetAsync(Http.At(path));
            var report = JsonSerializer.Deserialize<JsonElement>(await health.Content.ReadAsStringAsync());
            Assert.Equal(service, report.Text("service"));
            Assert.True(health.StatusCode is HttpStatusCode.OK || path == "/health", $"{path} of {service}: {report}");
        }

        var checks = (await client.GetAsync("/health", HttpStatusCode.OK)).GetProperty("checks");
        Assert.NotEmpty(checks.EnumerateObject());
        using var metrics = await client.GetAsync(Http.At("/metrics"));
        Assert.StartsWith("text/plain; version=0.0.4", metrics.Content.Headers.ContentType?.ToString(), StringComparison.Ordinal);
        Assert.Contains("# TYPE ", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static IEnumerable<string> FaultsOf(Operation operation)
    {
        if (string.IsNullOrWhiteSpace(operation.Summary))
        {
            yield return "no summary";
        }

        if (!operation.Statuses.Any(static status => status is >= 200 and < 300))
        {
            yield return "no answer of success";
        }

        foreach (var (status, response) in operation.Responses)
        {
            if (status[0] is '4' or '5' && !(response.TryGetProperty("content", out var content) && content.TryGetProperty("application/problem+json", out _)))
            {
                yield return $"{status} is no problem details";
            }
        }
    }
}
