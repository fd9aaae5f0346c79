using Grpc.Core;

namespace Tandem.Runtime.Metrics.Grpc;

/// <summary>The names of gRPC's statuses as Dapr's metrics have them.</summary>
public static class GrpcStatusNames
{
    /// <summary>The name of a status.</summary>
    public static string NameOf(StatusCode status) => status switch
    {
        StatusCode.Cancelled => "Canceled",
        >= StatusCode.OK and <= StatusCode.Unauthenticated => status.ToString(),
        _ => $"Code({(int)status})",
    };
}
