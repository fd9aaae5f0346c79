using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.ServiceDefaults;

namespace Tandem.Services.Tests.Contract;

/// <summary>What the tests of this run asked the services: each request that a service answered is in here, whoever made it.</summary>
internal static partial class RecordedRequests
{
    private static readonly ConcurrentDictionary<RecordedRequest, byte> Requests = new();

    public static IReadOnlyCollection<RecordedRequest> All => [.. Requests.Keys];

    /// <summary>A route as documents write it: without constraints, and without a slash at its end.</summary>
    public static string Normalize(string pattern)
    {
        var route = Constraint().Replace($"/{pattern.Trim('/')}", "");
        return route.Length == 0 ? "/" : route;
    }

    /// <summary>Puts a step before all others of the service, which looks at what the rest made of each request.</summary>
    public static void RecordRequests(this IServiceCollection services) => services.AddSingleton<IStartupFilter, Recorder>();

    // The constraint of {id:int}; a default value or a catch-all stays.
    [GeneratedRegex(@"(?<=\{[\w*]+):[^}]+(?=\})")]
    private static partial Regex Constraint();

    private sealed class Recorder(ServiceInfo service) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Response.OnStarting(() =>
                {
                    Record(context);
                    return Task.CompletedTask;
                });
                return rest(context);
            });
            next(app);
        };

        private void Record(HttpContext context)
        {
            // Whoever handles an exception forgets the endpoint that threw it.
            var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
            if (endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern })
            {
                Requests.TryAdd(new RecordedRequest(service.AppId, context.Request.Method, Normalize(pattern), context.Response.StatusCode), 0);
            }
        }
    }
}

/// <summary>A request that a service answered.</summary>
/// <param name="Service">The app id.</param>
/// <param name="Method">The method.</param>
/// <param name="Route">The route that took it, as the documents write it.</param>
/// <param name="Status">How it was answered.</param>
internal sealed record RecordedRequest(string Service, string Method, string Route, int Status);
