using System.Diagnostics.CodeAnalysis;
using Dapr.Common;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dapr.Jobs
{
    /// <summary>What the registration of the jobs client gives back.</summary>
    public interface IDaprJobsBuilder : IDaprServiceBuilder;
}

namespace Dapr.Jobs.Extensions
{
    /// <inheritdoc cref="IDaprJobsBuilder" />
    public sealed class DaprJobsBuilder(IServiceCollection services) : IDaprJobsBuilder
    {
        /// <inheritdoc />
        public IServiceCollection Services { get; } = services;
    }

    /// <summary>Registers the jobs client.</summary>
    [Experimental(JobsMark.Diagnostic, UrlFormat = JobsMark.Page)]
    public static class DaprJobsServiceCollectionExtensions
    {
        /// <summary>Adds a <see cref="DaprJobsClient"/>, unless there is one already.</summary>
        public static IDaprJobsBuilder AddDaprJobsClient(
            this IServiceCollection services, Action<IServiceProvider, DaprJobsClientBuilder>? configure = null, ServiceLifetime lifetime = ServiceLifetime.Singleton)
        {
            ArgumentNullException.ThrowIfNull(services);
            services.TryAdd(new ServiceDescriptor(
                typeof(DaprJobsClient),
                provider =>
                {
                    var builder = new DaprJobsClientBuilder(provider.GetService<IConfiguration>());
                    configure?.Invoke(provider, builder);
                    return builder.Build();
                },
                lifetime));
            return new DaprJobsBuilder(services);
        }
    }
}
