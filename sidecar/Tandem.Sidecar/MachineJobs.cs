using Microsoft.Extensions.Logging;
using Tandem.Components;
using Tandem.Components.Jobs;
using Tandem.Components.Metadata;

namespace Tandem.Sidecar;

/// <summary>Where the jobs of a machine's apps are kept: one file for each user, made when the first app asks for a job.</summary>
internal static class MachineJobs
{
    public static IJobStore Create(ComponentCatalog catalog, TimeProvider timeProvider, ILoggerFactory loggerFactory)
        => catalog.JobStores.Create(new ComponentContext
        {
            Name = "jobs",
            Type = "jobs.sqlite",
            Metadata = new ComponentMetadata(new Dictionary<string, string> { ["connectionString"] = Path.Combine(TandemHome.Path, "jobs.db") }),
            AppId = "",
            TimeProvider = timeProvider,
            LoggerFactory = loggerFactory,
        });
}
