using Dapr.AspNetCore;
using Dapr.Client;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Brings Dapr to controllers.</summary>
public static class DaprMvcBuilderExtensions
{
    /// <summary>Adds the <see cref="DaprClient"/> and the binding of <see cref="FromStateAttribute"/> parameters.</summary>
    public static IMvcBuilder AddDapr(this IMvcBuilder builder, Action<DaprClientBuilder>? configureClient = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDaprClient(configureClient);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IApplicationModelProvider, StateEntryApplicationModelProvider>());
        builder.Services.Configure<MvcOptions>(static options =>
        {
            if (!options.ModelBinderProviders.OfType<StateEntryModelBinderProvider>().Any())
            {
                options.ModelBinderProviders.Insert(0, new StateEntryModelBinderProvider());
            }
        });
        return builder;
    }
}
