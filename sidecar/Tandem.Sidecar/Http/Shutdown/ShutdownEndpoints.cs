using Microsoft.AspNetCore.Http;

namespace Tandem.Sidecar.Http.Shutdown;

/// <summary><c>POST /v1.0/shutdown</c></summary>
internal static class ShutdownEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        if (!HttpMethods.IsPost(request.Method) || !request.Tail.IsEmpty)
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        JsonAnswer.NoContent(request.Http);
        // The answer goes out first: the caller is told before its sidecar goes.
        request.Http.Response.OnCompleted(static host =>
        {
            ((HostServices)host).RequestShutdown();
            return Task.CompletedTask;
        }, request.Sidecar.Host);
        return Task.CompletedTask;
    }
}
