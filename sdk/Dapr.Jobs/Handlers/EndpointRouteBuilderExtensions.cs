using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Jobs.Extensions;

/// <summary>Maps what jobs call.</summary>
public static class EndpointRouteBuilderExtensions
{
    /// <summary>
    /// Calls <paramref name="action"/> for every job that is due. A <see cref="string"/> of it is the job's name, a
    /// <see cref="ReadOnlyMemory{T}"/> of bytes its payload, a <see cref="CancellationToken"/> ends with the request or the
    /// <paramref name="timeout"/>; everything else comes from the services. It may be asynchronous; when it throws, the job's failure policy decides.
    /// </summary>
    public static IEndpointRouteBuilder MapDaprScheduledJobHandler(this IEndpointRouteBuilder endpoints, Delegate action, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(action);
        var parameters = action.Method.GetParameters();
        endpoints.MapPost("/job/{jobName}", (RequestDelegate)(context => HandleAsync(context, action, parameters, timeout)));
        return endpoints;
    }

    private static async Task HandleAsync(HttpContext context, Delegate action, ParameterInfo[] parameters, TimeSpan? timeout)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        if (timeout is { } patience)
        {
            stop.CancelAfter(patience);
        }

        var arguments = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var type = parameters[i].ParameterType;
            arguments[i] = type == typeof(string) ? context.Request.RouteValues["jobName"]
                : type == typeof(ReadOnlyMemory<byte>) ? new ReadOnlyMemory<byte>(body.ToArray())
                : type == typeof(CancellationToken) ? stop.Token
                : type == typeof(HttpContext) ? context
                : parameters[i].HasDefaultValue ? context.RequestServices.GetService(type) ?? parameters[i].DefaultValue
                : context.RequestServices.GetRequiredService(type);
        }

        object? result;
        try
        {
            result = action.DynamicInvoke(arguments);
        }
        catch (TargetInvocationException failure) when (failure.InnerException is { } cause)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            throw;
        }

        switch (result)
        {
            case Task task:
                await task.ConfigureAwait(false);
                break;
            case ValueTask task:
                await task.ConfigureAwait(false);
                break;
            default:
                break;
        }
    }
}
