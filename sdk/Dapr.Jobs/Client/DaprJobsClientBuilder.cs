using System.Diagnostics.CodeAnalysis;
using Dapr.Common;
using Microsoft.Extensions.Configuration;

namespace Dapr.Jobs;

/// <summary>Builds a <see cref="DaprJobsClient"/>.</summary>
[Experimental(JobsMark.Diagnostic, UrlFormat = JobsMark.Page)]
public sealed class DaprJobsClientBuilder(IConfiguration? configuration = null) : DaprGenericClientBuilder<DaprJobsClient>(configuration)
{
    /// <inheritdoc />
    public override DaprJobsClient Build() => new DaprJobsGrpcClient(Connect());
}
