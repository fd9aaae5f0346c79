using Google.Rpc;
using Grpc.Core;
using Tandem.Interop.V1;
using static Tandem.Interop.Client.Scenarios;

namespace Tandem.Interop.Client;

/// <summary>The errors that calls end in.</summary>
internal static class EndScenarios
{
    private const string AnyLetters = "não, ☃ 100% \U0001f600 \t\r\nnext line";

    public static IEnumerable<(string Name, Func<Peers, Task> Run)> All =>
    [
        ("every status", EveryStatus),
        ("a status message in any letters", peers => EachKind(peers, new Plan { StatusCode = 9, StatusMessage = AnyLetters }, static exception =>
            Equal((StatusCode.FailedPrecondition, AnyLetters), (exception.StatusCode, exception.Status.Detail)))),
        ("a status after replies", AfterReplies),
        ("a status and nothing else (trailers only)", TrailersOnly),
        ("a status after the initial metadata", AfterHeaders),
        ("an error with details", peers => EachKind(peers, new Plan { StatusCode = 3, StatusMessage = "bad", Details = true }, CheckDetails)),
        ("a method that is not there", NotThere),
    ];

    private static async Task EveryStatus(Peers peers)
    {
        foreach (var code in Enum.GetValues<StatusCode>().Where(static code => code != StatusCode.OK))
        {
            var exception = await FailsAsync(code, async () => await peers.Plain.Calls.UnaryAsync(Request(plan: new Plan { StatusCode = (int)code, StatusMessage = $"says {code}" })));
            Equal($"says {code}", exception.Status.Detail);
        }
    }

    private static async Task EachKind(Peers peers, Plan plan, Action<RpcException> check)
    {
        var code = (StatusCode)plan.StatusCode;
        check(await FailsAsync(code, async () => await peers.Plain.Calls.UnaryAsync(Request(plan: plan)), "unary"));
        check(await FailsAsync(code, async () =>
        {
            using var call = peers.Plain.Calls.ServerStream(Request(plan: plan));
            await CollectAsync(call.ResponseStream);
        }, "server stream"));
        check(await FailsAsync(code, async () =>
        {
            using var call = peers.Plain.Calls.ClientStream();
            await SendAllAsync(call, Request(plan: plan));
        }, "client stream"));
        check(await FailsAsync(code, async () =>
        {
            using var call = peers.Plain.Calls.Duplex();
            await SendAllAsync(call, Request(plan: plan));
        }, "duplex"));
    }

    private static async Task AfterReplies(Peers peers)
    {
        using var call = peers.Plain.Calls.ServerStream(Request(plan: new Plan { ReplySizes = { 3, 4 }, StatusCode = 10, StatusMessage = "enough" }), new Metadata { { "x-trailing", "t" } });
        Equal(3, (await NextAsync(call.ResponseStream)).Payload.Length);
        Equal(4, (await NextAsync(call.ResponseStream)).Payload.Length);
        var exception = await FailsAsync(StatusCode.Aborted, () => NextAsync(call.ResponseStream));
        Equal(("enough", "t"), (exception.Status.Detail, exception.Trailers.GetValue("x-trailing")));
        Equal(StatusCode.Aborted, call.GetStatus().StatusCode);
    }

    private static async Task TrailersOnly(Peers peers)
    {
        var metadata = new Metadata { { "x-trailing", "t" }, { "x-trailing-bin", [0, 255] } };
        using var call = peers.Plain.Calls.UnaryAsync(Request(plan: new Plan { StatusCode = 5, StatusMessage = "no" }), metadata);
        var exception = await FailsAsync(StatusCode.NotFound, async () => await call);
        Equal(("t", "00FF"), (exception.Trailers.GetValue("x-trailing"), Convert.ToHexString(exception.Trailers.GetValueBytes("x-trailing-bin")!)));
        Equal("t", call.GetTrailers().GetValue("x-trailing"));
    }

    private static async Task AfterHeaders(Peers peers)
    {
        var metadata = new Metadata { { "x-headers-first", "y" }, { "x-initial", "i" }, { "x-trailing", "t" } };
        using var call = peers.Plain.Calls.UnaryAsync(Request(plan: new Plan { StatusCode = 7, StatusMessage = "no" }), metadata);
        Equal("i", (await call.ResponseHeadersAsync).GetValue("x-initial"));
        Equal("t", (await FailsAsync(StatusCode.PermissionDenied, async () => await call)).Trailers.GetValue("x-trailing"));
    }

    private static void CheckDetails(RpcException exception)
    {
        var status = exception.GetRpcStatus()!;
        Equal((3, "bad"), (status.Code, status.Message));
        var violation = status.GetDetail<BadRequest>()!.FieldViolations.Single();
        Equal(("name", "must not be empty"), (violation.Field, violation.Description));
        var info = status.GetDetail<ErrorInfo>()!;
        Equal(("NOT_TODAY", "tandem.example", "Sunday"), (info.Reason, info.Domain, info.Metadata["day"]));
    }

    private static async Task NotThere(Peers peers)
    {
        await FailsAsync(StatusCode.Unimplemented, async () => await peers.Plain.Calls.MissingAsync(Request()));
        var bytes = Marshallers.Create(static (byte[] value) => value, static value => value);
        foreach (var (service, name) in new[] { (V1.Interop.Descriptor.FullName, "Nowhere"), ("no.such.Service", "Unary") })
        {
            var method = new Method<byte[], byte[]>(MethodType.Unary, service, name, bytes, bytes);
            await FailsAsync(StatusCode.Unimplemented, async () => await peers.Plain.Invoker.AsyncUnaryCall(method, null, default, []), service);
        }
    }
}
