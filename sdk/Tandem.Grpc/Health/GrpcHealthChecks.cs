using Grpc.Core;
using Grpc.Health.V1;
using Grpc.HealthCheck;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Status = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Grpc.AspNetCore.HealthChecks;

/// <summary>Which health checks make up the health of which service.</summary>
public sealed class GrpcHealthChecksOptions
{
    /// <summary>The services; by default all checks make up the service with the empty name.</summary>
    public ServiceMappingCollection Services { get; } = new();

    /// <summary>Whether Check answers with the last published result, rather than to run the checks; false by default.</summary>
    public bool UseHealthChecksCache { get; set; }
}

/// <summary>The services whose health is told.</summary>
public sealed class ServiceMappingCollection
{
    private readonly Dictionary<string, Func<HealthCheckMapContext, bool>> _services = new(StringComparer.Ordinal) { [""] = static _ => true };

    internal IReadOnlyDictionary<string, Func<HealthCheckMapContext, bool>> All => _services;

    /// <summary>The checks of a service; those of an earlier mapping of the name are replaced.</summary>
    public void Map(string name, Func<HealthCheckMapContext, bool> predicate) => _services[name] = predicate;

    /// <summary>Forgets all services, also the one with the empty name.</summary>
    public void Clear() => _services.Clear();
}

/// <summary>A health check that may belong to a service.</summary>
/// <param name="name">Its name.</param>
/// <param name="tags">Its tags.</param>
public sealed class HealthCheckMapContext(string name, IEnumerable<string> tags)
{
    /// <summary>Its name.</summary>
    public string Name { get; } = name;

    /// <summary>Its tags.</summary>
    public IEnumerable<string> Tags { get; } = tags;
}

/// <summary>Tells the watchers what ASP.NET's health checks found.</summary>
internal sealed class GrpcHealthChecksPublisher(HealthServiceImpl health, IOptions<GrpcHealthChecksOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (service, belongs) in options.Value.Services.All)
        {
            health.SetStatus(service, Judge(report, belongs));
        }

        return Task.CompletedTask;
    }

    internal static Status Judge(HealthReport report, Func<HealthCheckMapContext, bool> belongs)
        => report.Entries.Any(entry => entry.Value.Status is HealthStatus.Unhealthy && belongs(new HealthCheckMapContext(entry.Key, entry.Value.Tags)))
            ? Status.NotServing
            : Status.Serving;
}

/// <summary>The health service: Check runs the checks, Watch hears what is published.</summary>
internal sealed class GrpcHealthChecksService(HealthServiceImpl health, HealthCheckService checks, IOptions<GrpcHealthChecksOptions> options) : Health.V1.Health.HealthBase
{
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (options.Value.UseHealthChecksCache)
        {
            return await health.Check(request, context).ConfigureAwait(false);
        }

        if (!options.Value.Services.All.TryGetValue(request.Service, out var belongs))
        {
            throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, $"There is no service '{request.Service}' here."));
        }

        var report = await checks.CheckHealthAsync(registration => belongs(new HealthCheckMapContext(registration.Name, registration.Tags)), context.CancellationToken).ConfigureAwait(false);
        return new HealthCheckResponse { Status = GrpcHealthChecksPublisher.Judge(report, static _ => true) };
    }

    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        // The first answer is of now, not of the last publication.
        if (options.Value.Services.All.ContainsKey(request.Service))
        {
            health.SetStatus(request.Service, (await Check(request, context).ConfigureAwait(false)).Status);
        }

        await health.Watch(request, responseStream, context).ConfigureAwait(false);
    }
}
