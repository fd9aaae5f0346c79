using System.Globalization;

namespace Tandem.Services.Tests.Contract;

/// <summary>
/// The contract, the services and the tests agree: contract-routes.md is the contract's list of routes, the OpenAPI documents are the
/// services', and <see cref="RecordedRequests"/> is what the tests of this very run asked.
/// </summary>
[Collection(ContractCollection.Name)]
public sealed class ContractRoutesTests(EveryService services)
{
    /// <summary>What HTTP itself brings along for any route: a wrong method, a body that is too large or of no kind that is taken, a client that went away.</summary>
    private static readonly int[] OfHttp = [405, 413, 415, 499];

    /// <summary>What only sidecars, probes and browsers call: it is in no document, and other tests are about it.</summary>
    private static readonly string[] NotForClients = ["/events/", "/dapr/", "/actors", "/healthz", "/health", "/metrics", "/openapi/", "/docs", "/grpc.", "/tandem.", "/{unimplemented"];

    [Fact]
    public async Task EachRouteOfTheContract_IsServedAndDescribed()
    {
        var missing = (await ContractLine.ReadAllAsync())
            .Where(line => line.IsPassedOn
                ? !services.EndpointsOf(line.Service).Any(endpoint => endpoint == line.Name || endpoint == $"* {line.Route}")
                : !services.OperationsOf(line.Service).Any(operation => operation.Name == line.Name))
            .Select(static line => $"{line.Service}: {line.Name}")
            .ToList();

        Assert.True(missing.Count == 0, $"In contract-routes.md, but not in the service:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public async Task EachRouteOfAService_IsInTheContract()
    {
        var lines = await ContractLine.ReadAllAsync();
        var unknown = EveryService.Names
            .SelectMany(service => services.OperationsOf(service).Select(operation => (Service: service, operation.Name)))
            .Where(route => !lines.Any(line => line.Service == route.Service && line.Name == route.Name))
            .Select(static route => $"{route.Service}: {route.Name}")
            .ToList();

        Assert.True(unknown.Count == 0, $"In a service's document, but not in contract-routes.md:\n{string.Join('\n', unknown)}");
    }

    [Fact]
    public void EachEndpoint_IsDescribedOrNotForClients()
    {
        var hidden = EveryService.Names
            .SelectMany(service => services.EndpointsOf(service).Select(endpoint => (Service: service, Name: endpoint)))
            .Where(route => !services.OperationsOf(route.Service).Any(operation => operation.Name == route.Name) && !IsForOthers(route.Service, route.Name))
            .Select(static route => $"{route.Service}: {route.Name}")
            .ToList();

        Assert.True(hidden.Count == 0, $"Served, but not in the service's document:\n{string.Join('\n', hidden)}");
    }

    [Fact]
    public async Task EachStatusOfTheContract_IsInTheDocument()
    {
        var unsaid = (await ContractLine.ReadAllAsync())
            .Where(static line => !line.IsPassedOn)
            .SelectMany(line => services.OperationsOf(line.Service)
                .Where(operation => operation.Name == line.Name)
                .SelectMany(operation => line.Statuses.Except(operation.Statuses).Select(status => $"{line.Service}: {line.Name} does not mention {status}")))
            .ToList();

        Assert.True(unsaid.Count == 0, $"Answers that the documents keep from their readers (.Describe(\"…\", 409) names them):\n{string.Join('\n', unsaid)}");
    }

    [WholeRunFact]
    public async Task EachRoute_IsAskedByATest()
    {
        var recorded = RecordedRequests.All.ToLookup(static request => (request.Service, request.Method, request.Route), static request => request.Status);
        var lines = await ContractLine.ReadAllAsync();
        List<string> faults = [];
        foreach (var line in lines)
        {
            var seen = recorded[(line.Service, line.Method, line.Route)].ToList();
            var unseen = line.Statuses.Except(seen).ToList();
            if (seen.Count == 0 || unseen.Count > 0)
            {
                faults.Add($"{line.Service}: {line.Name}: no test saw {List(unseen)} (seen: {List(seen)})");
            }
        }

        foreach (var (service, operation) in EveryService.Names.SelectMany(service => services.OperationsOf(service).Select(operation => (service, operation))))
        {
            var seen = recorded[(service, operation.Method, operation.Route)].ToList();
            if (!seen.Any(static status => status is >= 200 and < 300))
            {
                faults.Add($"{service}: {operation.Name}: no test saw it succeed (seen: {List(seen)})");
            }

            if (operation.Statuses.Any(static status => status is >= 400 and < 500) && !seen.Any(static status => status is >= 400 and < 500))
            {
                faults.Add($"{service}: {operation.Name}: no test saw it refuse anything (seen: {List(seen)})");
            }

            var unsaid = seen.Where(static status => status < 500).Except(operation.Statuses).Except(OfHttp).ToList();
            if (unsaid.Count > 0)
            {
                faults.Add($"{service}: {operation.Name}: answers {List(unsaid)}, which its document does not mention");
            }
        }

        Assert.True(faults.Count == 0, $"{lines.Count} lines of the contract:\n{string.Join('\n', faults)}");
    }

    private static bool IsForOthers(string service, string endpoint)
    {
        var path = endpoint[(endpoint.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        return NotForClients.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal))
            || (service == "gateway" && ContractLine.Passes(path));
    }

    private static string List(IEnumerable<int> statuses)
        => string.Join(' ', statuses.Distinct().Order().Select(static status => status.ToString(CultureInfo.InvariantCulture)).DefaultIfEmpty("none"));
}
