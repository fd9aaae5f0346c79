using Tandem.Components.Http.Kubernetes;
using Tandem.Components.Http.Middleware.Bearer;
using Tandem.Components.Http.Middleware.RateLimit;
using Tandem.Components.Http.Middleware.Routing;
using Tandem.Components.Http.Middleware.Uppercase;
using Tandem.Components.Http.S3;
using Tandem.Components.Http.Smtp;
using Tandem.Components.Http.Vault;

namespace Tandem.Components.Http;

/// <summary>The components that call other servers, over HTTP and (for mails) SMTP, or stand in HTTP's way.</summary>
public static class HttpComponents
{
    /// <summary>Registers them.</summary>
    public static void AddTo(ComponentCatalog catalog)
    {
        catalog.Bindings.Add("http", static context => HttpBinding.Create(context));
        catalog.Bindings.Add("aws.s3", static context => S3Binding.Create(context));
        catalog.Bindings.Add("smtp", static context => SmtpBinding.Create(context));
        catalog.SecretStores.Add("hashicorp.vault", static context => VaultSecretStore.Create(context));
        catalog.SecretStores.Add("kubernetes", static context => KubernetesSecretStore.Create(context));
        catalog.Middleware.Add("http.bearer", static context => BearerMiddleware.Create(context));
        catalog.Middleware.Add("http.ratelimit", static context => RateLimitMiddleware.Create(context));
        catalog.Middleware.Add("http.routerchecker", static context => RouterCheckerMiddleware.Create(context));
        catalog.Middleware.Add("http.routeralias", static context => RouterAliasMiddleware.Create(context));
        catalog.Middleware.Add("http.routealias", static context => RouterAliasMiddleware.Create(context));
        catalog.Middleware.Add("http.uppercase", static context => UppercaseMiddleware.Create(context));
    }
}
