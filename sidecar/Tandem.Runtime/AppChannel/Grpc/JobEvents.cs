using Dapr.AppCallback.Autogen.Grpc.v1;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.Jobs;

namespace Tandem.Runtime.AppChannel.Grpc;

/// <summary>Jobs as an app that speaks gRPC gets them.</summary>
internal static class JobEvents
{
    public static JobEventRequest Create(string name, JobRequest job) => new()
    {
        Name = name,
        Method = "job/" + name,
        Data = JobData.ToAny(job) ?? new Any(),
        ContentType = "application/json",
        HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Post },
    };
}
