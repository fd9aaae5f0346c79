using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Tandem.Interop.V1;
using Status = Grpc.Core.Status;

namespace Tandem.Interop.Server;

/// <summary>One call as it is served: what its metadata and its plan ask for.</summary>
internal sealed class CallRun
{
    private readonly ServerCallContext _context;
    private readonly Metadata _initial;
    private bool _headersSent;

    private CallRun(ServerCallContext context, ObservedCall call)
    {
        _context = context;
        Call = call;
        _initial = Pick(context.RequestHeaders, "x-initial");
        foreach (var entry in Pick(context.RequestHeaders, "x-trailing"))
        {
            context.ResponseTrailers.Add(entry);
        }
    }

    public ObservedCall Call { get; }

    /// <summary>Serves the call, and notes how it ended.</summary>
    public static async Task<T> ServeAsync<T>(ObservedCalls calls, ServerCallContext context, Func<CallRun, Task<T>> serve)
    {
        var call = context.RequestHeaders.GetValue("x-call-id") is { } id ? calls[id] : new ObservedCall();
        var run = new CallRun(context, call);
        call.Change(observation =>
        {
            observation.State = CallState.Running;
            observation.DeadlineMs = context.Deadline == DateTime.MaxValue ? -1 : (long)(context.Deadline - DateTime.UtcNow).TotalMilliseconds;
            observation.UserAgent = context.RequestHeaders.GetValue("user-agent") ?? "";
        });
        var ended = CallState.Completed;
        try
        {
            if (context.RequestHeaders.Get("x-headers-first") is not null)
            {
                await run.SendHeadersAsync();
            }

            return await serve(run);
        }
        catch (Exception) when (context.CancellationToken.IsCancellationRequested)
        {
            ended = CallState.Cancelled;
            throw;
        }
        finally
        {
            call.Change(observation => observation.State = ended);
        }
    }

    public async Task SendHeadersAsync()
    {
        if (!_headersSent)
        {
            _headersSent = true;
            await _context.WriteResponseHeadersAsync(_initial);
        }
    }

    public void CountReceived() => Call.Change(static observation => observation.Received++);

    /// <summary>The reply as the plan wants it, counted.</summary>
    public Reply Reply(ByteString payload, long receivedBytes = 0)
    {
        Call.Change(static observation => observation.Sent++);
        return new Reply { Payload = payload, Received = Call.Received, ReceivedBytes = receivedBytes };
    }

    /// <summary>Waits for the release if the plan says so at this message.</summary>
    public async Task HoldAsync(Plan? plan, int count)
    {
        if (plan is { Hold: true } && plan.HoldAfter == count)
        {
            await Call.Released.Task.WaitAsync(_context.CancellationToken);
        }
    }

    /// <summary>Ends with the plan's status, if it has one.</summary>
    public static void Finish(Plan? plan)
    {
        if (plan is null || plan.StatusCode == 0)
        {
            return;
        }

        if (!plan.Details)
        {
            throw new RpcException(new Status((StatusCode)plan.StatusCode, plan.StatusMessage));
        }

        throw new Google.Rpc.Status
        {
            Code = plan.StatusCode,
            Message = plan.StatusMessage,
            Details =
            {
                Any.Pack(new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "name", Description = "must not be empty" } } }),
                Any.Pack(new ErrorInfo { Reason = "NOT_TODAY", Domain = "tandem.example", Metadata = { ["day"] = "Sunday" } }),
            },
        }.ToRpcException();
    }

    private static Metadata Pick(Metadata headers, string key)
    {
        var picked = new Metadata();
        foreach (var entry in headers.GetAll(key).Concat(headers.GetAll($"{key}-bin")))
        {
            picked.Add(entry);
        }

        return picked;
    }
}
