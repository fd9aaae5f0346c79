using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Tandem.Interop.V1;

namespace Tandem.Interop.Client;

/// <summary>Runs scenarios one after another, each with a limit, and prints a line for each.</summary>
internal static class Scenarios
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static int _ids;

    /// <summary>A name for a call that no other call has.</summary>
    public static string NewId() => $"tandem-{Interlocked.Increment(ref _ids)}";

    public static async Task<int> RunAsync(InteropSettings settings)
    {
        var peers = new Peers(settings);
        var (passed, failed) = (0, 0);
        foreach (var (name, run) in CallScenarios.All.Concat(MetadataScenarios.All).Concat(EndScenarios.All).Concat(StopScenarios.All).Concat(FlowScenarios.All).Concat(HealthScenarios.All))
        {
            if (settings.Skip?.GetValueOrDefault(name) is { } why)
            {
                Console.WriteLine($"skip {name}: {why}");
                continue;
            }

            var begun = Stopwatch.StartNew();
            try
            {
                await run(peers).WaitAsync(Limit);
                passed++;
                Console.WriteLine($"ok   {name} ({begun.ElapsedMilliseconds} ms)");
            }
            catch (Exception exception)
            {
                failed++;
                var frame = new StackTrace(exception, true).GetFrames().LastOrDefault(static each => each.GetFileName()?.EndsWith("Scenarios.cs", StringComparison.Ordinal) == true);
                Console.WriteLine($"FAIL {name}: {exception.GetType().Name} {exception.Message.ReplaceLineEndings(" ")} ({Path.GetFileName(frame?.GetFileName())}:{frame?.GetFileLineNumber()})");
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        var (left, right) = (Text(expected), Text(actual));
        if (left != right)
        {
            throw new InvalidOperationException($"{what}: expected {left}, got {right}");
        }
    }

    public static void True(bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition)
        {
            throw new InvalidOperationException($"not so: {what}");
        }
    }

    public static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call, string what = "")
    {
        try
        {
            await call();
        }
        catch (RpcException exception)
        {
            Equal(code, exception.StatusCode, $"status of {what} ({exception.Status.Detail})");
            return exception;
        }

        throw new InvalidOperationException($"{what} succeeded instead of {code}");
    }

    public static Request Request(string payload = "", Plan? plan = null) => new() { Payload = ByteString.CopyFromUtf8(payload), Plan = plan };

    public static Request Request(int size, Plan? plan = null) => new() { Payload = UnsafeByteOperations.UnsafeWrap(new byte[size]), Plan = plan };

    public static Plan Replies(params int[] sizes) => new() { ReplySizes = { sizes } };

    public static Metadata Named(string callId, params string[] flags)
    {
        var metadata = new Metadata { { "x-call-id", callId } };
        foreach (var flag in flags)
        {
            metadata.Add(flag, "yes");
        }

        return metadata;
    }

    public static async Task<List<Reply>> CollectAsync(IAsyncStreamReader<Reply> replies)
    {
        var all = new List<Reply>();
        while (await replies.MoveNext(CancellationToken.None))
        {
            all.Add(replies.Current);
        }

        return all;
    }

    public static async Task<Reply> NextAsync(IAsyncStreamReader<Reply> replies)
    {
        True(await replies.MoveNext(CancellationToken.None), "there is another reply");
        return replies.Current;
    }

    public static async Task<Reply> SendAllAsync(AsyncClientStreamingCall<Request, Reply> call, params Request[] requests)
    {
        foreach (var request in requests)
        {
            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
        return await call;
    }

    public static async Task<List<Reply>> SendAllAsync(AsyncDuplexStreamingCall<Request, Reply> call, params Request[] requests)
    {
        foreach (var request in requests)
        {
            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
        return await CollectAsync(call.ResponseStream);
    }

    private static string Text<T>(T value)
    {
        var text = JsonSerializer.Serialize(value);
        return text.Length > 400 ? $"{text[..400]}… ({text.Length})" : text;
    }
}
