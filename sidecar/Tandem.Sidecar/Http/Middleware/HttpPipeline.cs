using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Components;
using Tandem.Runtime.Resources;

namespace Tandem.Sidecar.Http.Middleware;

/// <summary>Puts together what a Configuration's pipeline names.</summary>
internal static class HttpPipeline
{
    /// <summary>
    /// The pipeline, from its first handler to <paramref name="end"/>; <see langword="null"/> without handlers, so that nothing is in the way.
    /// A handler whose component is gone (or is another app's, or was left out as it says itself) is passed over.
    /// </summary>
    public static RequestDelegate? Create(IReadOnlyList<PipelineHandler> handlers, RequestDelegate end, ResourceSet resources, ComponentSet components, ResourceFaults faults)
    {
        var pipeline = end;
        foreach (var handler in handlers.Reverse())
        {
            Check(handler, resources, faults);
            var next = pipeline;
            pipeline = http => Find(handler, components) is { } middleware ? middleware.InvokeAsync(http, next) : next(http);
        }

        return pipeline == end ? null : pipeline;
    }

    private static IMiddleware? Find(PipelineHandler handler, ComponentSet components)
        => components.Find(handler.Name) is { Instance: IMiddleware middleware, Resource: var resource } && resource.Type == handler.Type && resource.Version == handler.Version
            ? middleware
            : null;

    private static void Check(PipelineHandler handler, ResourceSet resources, ResourceFaults faults)
    {
        if (handler.Name.Length == 0 || handler.Type.Length == 0)
        {
            // Faults of their own.
            return;
        }

        if (resources.Components.FirstOrDefault(component => component.Name == handler.Name) is not { } resource)
        {
            if (!resources.ComponentsOfOtherApps.Contains(handler.Name))
            {
                faults.Add(handler.Id, handler.Field, $"names component '{handler.Name}', which is not there");
            }
        }
        else if (resource.Type != handler.Type || resource.Version != handler.Version)
        {
            faults.Add(handler.Id, handler.Field, $"names '{handler.Name}' as {handler.Type}/{handler.Version}, but {resource.Id} is {resource.Type}/{resource.Version}");
        }
        else if (!resource.Type.StartsWith("middleware.http.", StringComparison.Ordinal))
        {
            faults.Add(handler.Id, handler.Field, $"names '{handler.Name}', whose type {resource.Type} is no middleware.http");
        }
    }
}
