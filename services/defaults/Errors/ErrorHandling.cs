using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>Every error leaves a service as problem details with the trace's id.</summary>
internal static class ErrorHandling
{
    public static IServiceCollection AddServiceProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = static context =>
        {
            var problem = context.ProblemDetails;
            problem.Instance ??= context.HttpContext.Request.Path;
            problem.Detail ??= DetailOf(context.HttpContext);
            problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
        });

        services.AddSingleton<IProblemDetailsWriter, AnyClientProblemWriter>();

        // A body or parameter that cannot be read becomes an exception that says why, and then a 400, in every environment alike.
        services.Configure<RouteHandlerOptions>(static options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ServiceExceptionHandler>();
        return services;
    }

    /// <summary>What the framework turned away says no more than its status.</summary>
    private static string DetailOf(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is nothing at this path.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not for this path.",
        StatusCodes.Status413PayloadTooLarge => "The body is larger than is taken here.",
        StatusCodes.Status415UnsupportedMediaType => "The body's content type is none that is taken here.",
        var status => $"The request ended with status {status}.",
    };

    public static void UseServiceProblems(this WebApplication app)
    {
        app.Use(static (context, next) =>
        {
            context.Response.OnStarting(
                static state =>
                {
                    var response = ((HttpContext)state).Response;
                    if (response.StatusCode == StatusCodes.Status503ServiceUnavailable && response.Headers.RetryAfter.Count == 0)
                    {
                        response.Headers.RetryAfter = "1";
                    }

                    return Task.CompletedTask;
                },
                context);
            return next(context);
        });
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = static _ => true });
        app.UseStatusCodePages();
    }
}
