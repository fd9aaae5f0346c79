using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Tandem.Runtime.Actors.Streaming;

/// <summary>The calls that actors get, as messages of a stream; the app's answers, as those of HTTP.</summary>
internal static class ActorStreamMessages
{
    private const string CancelHeader = "X-DaprReminderCancel";
    private const string ErrorHeader = "X-DaprErrorResponseHeader";

    /// <summary>The message for a request as an app over HTTP would get it.</summary>
    public static async Task<SubscribeActorEventsResponseAlpha1> CreateAsync(string id, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.OriginalString;
        path = path.IndexOf('?') is >= 0 and var query ? path[..query] : path;
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        switch (path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray())
        {
            case ["actors", var type, var actor] when request.Method == HttpMethod.Delete:
                return new() { DeactivateRequest = new() { Id = id, ActorType = type, ActorId = actor } };
            case ["actors", var type, var actor, "method", "remind", var name]:
                using (var reminder = JsonDocument.Parse(body))
                {
                    return new()
                    {
                        ReminderRequest = new()
                        {
                            Id = id,
                            ActorType = type,
                            ActorId = actor,
                            Name = name,
                            DueTime = TextOf(reminder, "dueTime"),
                            Period = TextOf(reminder, "period"),
                            Data = DataOf(reminder),
                        },
                    };
                }

            case ["actors", var type, var actor, "method", "timer", var name]:
                using (var timer = JsonDocument.Parse(body))
                {
                    return new()
                    {
                        TimerRequest = new()
                        {
                            Id = id,
                            ActorType = type,
                            ActorId = actor,
                            Name = name,
                            DueTime = TextOf(timer, "dueTime"),
                            Period = TextOf(timer, "period"),
                            Callback = TextOf(timer, "callback"),
                            Data = DataOf(timer),
                        },
                    };
                }

            case ["actors", var type, var actor, "method", var method]:
                var invoke = new SubscribeActorEventsResponseInvokeRequestAlpha1 { Id = id, ActorType = type, ActorId = actor, Method = method, Data = UnsafeByteOperations.UnsafeWrap(body) };
                foreach (var header in request.Headers.NonValidated)
                {
                    invoke.Metadata[header.Key] = header.Value.ToString();
                }

                if (request.Content?.Headers.ContentType is { } contentType)
                {
                    invoke.Metadata["Content-Type"] = contentType.ToString();
                }

                return new() { InvokeRequest = invoke };
            default:
                throw new InvalidOperationException($"{request.Method} {path} is no call of an actor");
        }
    }

    /// <summary>The answer, and which call it is of.</summary>
    public static (string Id, HttpResponseMessage Answer) Read(SubscribeActorEventsRequestAlpha1 message)
    {
        switch (message.RequestTypeCase)
        {
            case SubscribeActorEventsRequestAlpha1.RequestTypeOneofCase.InvokeResponse:
                var response = message.InvokeResponse;
                var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ReadOnlyMemoryContent(response.Data.Memory) };
                foreach (var (name, value) in response.Metadata)
                {
                    if (!answer.Headers.TryAddWithoutValidation(name, value))
                    {
                        answer.Content.Headers.TryAddWithoutValidation(name, value);
                    }
                }

                if (response.Error)
                {
                    answer.Headers.TryAddWithoutValidation(ErrorHeader, "true");
                }

                return (response.Id, answer);
            case SubscribeActorEventsRequestAlpha1.RequestTypeOneofCase.ReminderResponse:
                return (message.ReminderResponse.Id, Done(message.ReminderResponse.Cancel));
            case SubscribeActorEventsRequestAlpha1.RequestTypeOneofCase.TimerResponse:
                return (message.TimerResponse.Id, Done(message.TimerResponse.Cancel));
            case SubscribeActorEventsRequestAlpha1.RequestTypeOneofCase.DeactivateResponse:
                return (message.DeactivateResponse.Id, Done(cancels: false));
            case SubscribeActorEventsRequestAlpha1.RequestTypeOneofCase.RequestFailed:
                var failed = message.RequestFailed;
                var status = (StatusCode)failed.Code is StatusCode.NotFound or StatusCode.Unimplemented ? HttpStatusCode.NotFound : HttpStatusCode.InternalServerError;
                return (failed.Id, new HttpResponseMessage(status) { Content = new StringContent(failed.Message) });
            default:
                throw new RpcException(new Status(StatusCode.InvalidArgument, "only the first message may be the initial request, and every other must answer a call"));
        }
    }

    private static HttpResponseMessage Done(bool cancels)
    {
        var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
        if (cancels)
        {
            answer.Headers.TryAddWithoutValidation(CancelHeader, "true");
        }

        return answer;
    }

    private static string TextOf(JsonDocument body, string name) => body.RootElement.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    private static Any? DataOf(JsonDocument body)
        => body.RootElement.TryGetProperty("data", out var data) ? Any.Pack(new BytesValue { Value = ByteString.CopyFrom(JsonMarshal.GetRawUtf8Value(data)) }) : null;
}
