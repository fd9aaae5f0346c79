using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Errors;

namespace Tandem.Sidecar.Http.Health;

/// <summary><c>GET /v1.0/healthz</c> and <c>/v1.0/healthz/outbound</c></summary>
internal static class HealthEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        return request.Tail switch
        {
            "" => AnswerAsync(request, request.Sidecar.IsReady),
            "outbound" => AnswerAsync(request, request.Sidecar.IsOutboundReady),
            _ => ApiRouter.NotFoundAsync(request.Http),
        };
    }

    private static Task AnswerAsync(ApiRequest request, bool ready)
    {
        var appId = request.Http.Request.Query["appid"];
        if (appId.Count > 0 && appId[0] != request.Sidecar.Options.AppId)
        {
            throw new DaprException(new DaprError(500, "ERR_HEALTH_APPID_NOT_MATCH", $"this is the sidecar of app '{request.Sidecar.Options.AppId}'"));
        }

        if (!ready)
        {
            throw new DaprException(new DaprError(500, "ERR_HEALTH_NOT_READY", "dapr is not ready"));
        }

        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
