using Microsoft.AspNetCore.Http;

namespace Tandem.ServiceDefaults;

/// <summary>The paths where a service is asked about itself, and not for what it is there for.</summary>
internal static class OwnPaths
{
    private static readonly string[] Prefixes =
        ["/health", "/metrics", "/openapi", "/dapr", "/grpc.health.v1.Health", "/grpc.reflection.v1.ServerReflection", "/grpc.reflection.v1alpha.ServerReflection"];

    public static bool Contains(PathString path)
    {
        foreach (var prefix in Prefixes)
        {
            if (path.StartsWithSegments(prefix))
            {
                return true;
            }
        }

        return false;
    }
}
