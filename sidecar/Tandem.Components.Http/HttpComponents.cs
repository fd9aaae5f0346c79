using Tandem.Components.Http.Middleware.Bearer;
using Tandem.Components.Http.Middleware.RateLimit;
using Tandem.Components.Http.Middleware.Routing;
using Tandem.Components.Http.Middleware.Uppercase;

namespace Tandem.Components.Http;

/// <summary>The components that call over HTTP, or stand in its way.</summary>
public static class HttpComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.Bindings.Add("http", static context => HttpBinding.Create(context));
        catalog.Middleware.Add("http.bearer", static context => BearerMiddleware.Create(context));
        catalog.Middleware.Add("http.ratelimit", static context => RateLimitMiddleware.Create(context));
        catalog.Middleware.Add("http.routerchecker", static context => RouterCheckerMiddleware.Create(context));
        catalog.Middleware.Add("http.routeralias", static context => RouterAliasMiddleware.Create(context));
        catalog.Middleware.Add("http.routealias", static context => RouterAliasMiddleware.Create(context));
        catalog.Middleware.Add("http.uppercase", static context => UppercaseMiddleware.Create(context));
    }
}
