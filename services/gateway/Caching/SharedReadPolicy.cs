using System.Globalization;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Primitives;

namespace Tandem.Gateway;

/// <summary>
/// What the framework's output cache keeps: answers that are the same for everybody, whoever asks. A product by itself is not kept, as who
/// looks at one is about to buy it and wants to see its stock as it is.
/// </summary>
internal sealed class SharedReadPolicy(CacheOptions options, CatalogGeneration generation, GatewayMetrics metrics, TimeProvider time) : IOutputCachePolicy
{
    /// <summary>What is too old to be given is forgotten a little later.</summary>
    private static readonly TimeSpan Forgetting = TimeSpan.FromSeconds(5);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        var request = context.HttpContext.Request;
        var keeps = options.Enabled && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !IsOneProduct(request.Path);
        context.EnableOutputCaching = keeps;
        context.AllowCacheLookup = keeps;
        context.AllowCacheStorage = keeps;

        // Many who ask for the same at once are one question to the service.
        context.AllowLocking = keeps;
        context.CacheVaryByRules.QueryKeys = "*";
        var lifetime = SharedReads.IsImage(request.Path) ? options.ImageLifetime : options.Lifetime;

        // An answer belongs to the edition of the catalogue, and to the moment, in which it was asked for: those who ask later ask for another one.
        context.CacheVaryByRules.VaryByValues["edition"] = generation.Number.ToString(CultureInfo.InvariantCulture);
        context.CacheVaryByRules.VaryByValues["moment"] = (time.GetUtcNow().UtcTicks / lifetime.Ticks).ToString(CultureInfo.InvariantCulture);
        context.ResponseExpirationTimeSpan = lifetime + Forgetting;
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        metrics.CacheAnswered(isHit: true);
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        metrics.CacheAnswered(isHit: false);
        var response = context.HttpContext.Response;
        var control = response.Headers.CacheControl;
        if (response.StatusCode != StatusCodes.Status200OK || !StringValues.IsNullOrEmpty(response.Headers.SetCookie)
            || Says(control, "no-store") || Says(control, "private"))
        {
            context.AllowCacheStorage = false;
        }

        return ValueTask.CompletedTask;
    }

    private static bool Says(StringValues control, string directive) => control.ToString().Contains(directive, StringComparison.OrdinalIgnoreCase);

    /// <summary>…/products/7, and neither …/products nor …/products/search.</summary>
    private static bool IsOneProduct(PathString path)
    {
        var last = path.Value!.AsSpan().TrimEnd('/');
        last = last[(last.LastIndexOf('/') + 1)..];
        return last.Length > 0 && !last.ContainsAnyExceptInRange('0', '9');
    }
}
