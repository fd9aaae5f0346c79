using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tandem.Grpc.Server;

/// <summary>Lets a route match gRPC's requests only.</summary>
internal sealed class GrpcRouteConstraint : IRouteConstraint
{
    public const string Name = "grpcunknown";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection)
        => httpContext is not null && RequestChecks.IsGrpc(httpContext.Request.ContentType);
}
