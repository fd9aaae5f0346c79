using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Tandem.Components.Metadata;
using Tandem.Components.Middleware;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tandem.Components.Http.Middleware.Routing;

/// <summary><c>middleware.http.routeralias</c>: short paths that stand for paths of the Dapr API.</summary>
internal sealed class RouterAliasMiddleware : IMiddleware
{
    private const string Field = "routes";

    private readonly FrozenDictionary<string, RouteAlias> _exact;
    private readonly RouteAlias[] _patterns;

    private RouterAliasMiddleware(IEnumerable<RouteAlias> aliases)
    {
        var all = aliases.ToLookup(static alias => alias.HasVariables);
        _exact = all[false].ToFrozenDictionary(static alias => alias.Path, StringComparer.Ordinal);
        _patterns = [.. all[true]];
    }

    public static RouterAliasMiddleware Create(ComponentContext context)
    {
        // Before there was `routes`, each field was an alias.
        var routes = context.Metadata.GetString(Field) is { } text ? ReadRoutes(text) : context.Metadata.Values;
        return new RouterAliasMiddleware([.. routes.Select(static route => CreateAlias(route.Key, route.Value))]);
    }

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (FindTarget(context) is { } target)
        {
            RequestTarget.Set(context, target);
        }

        return next(context);
    }

    private string? FindTarget(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "/";
        var query = context.Request.QueryString.Value;
        if (_exact.TryGetValue(path, out var alias))
        {
            return alias.Match(path, query);
        }

        foreach (var pattern in _patterns)
        {
            if (pattern.Match(path, query) is { } target)
            {
                return target;
            }
        }

        return null;
    }

    private static RouteAlias CreateAlias(string path, string target)
    {
        if (!path.StartsWith('/') || !target.StartsWith('/'))
        {
            throw new ComponentMetadataException(Field, $"must map paths to paths, each beginning with a slash, not '{path}' to '{target}'");
        }

        try
        {
            return new RouteAlias(path, target);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or NotSupportedException)
        {
            throw new ComponentMetadataException(Field, $"has a path that cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A mapping in YAML; JSON is that too.</summary>
    private static Dictionary<string, string> ReadRoutes(string text)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StringReader(text);
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            throw new ComponentMetadataException(Field, $"is neither JSON nor YAML: {exception.InnerException?.Message ?? exception.Message}", exception);
        }

        var routes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in stream.Documents is [{ RootNode: YamlMappingNode map }] ? map.Children : throw NotAMapping())
        {
            if (key is not YamlScalarNode { Value: { } path } || value is not YamlScalarNode { Value: { } target })
            {
                throw NotAMapping();
            }

            routes[path] = target;
        }

        return routes;
    }

    private static ComponentMetadataException NotAMapping() => new(Field, "must be a mapping of paths to paths");
}
