using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Jobs;

namespace Tandem.Sidecar.Http.Jobs;

/// <summary><c>POST</c>, <c>GET</c> and <c>DELETE /v1.0/jobs/{name}</c>, also under <c>/v1.0-alpha1</c>.</summary>
internal static class JobEndpoints
{
    public static Task HandleAsync(ApiRequest request)
    {
        var segments = request.Segments;
        if (!segments.TryRead(out var name) || !segments.IsAtEnd)
        {
            return ApiRouter.NotFoundAsync(request.Http);
        }

        return HttpMethods.IsPost(request.Method) ? ScheduleAsync(request, name)
            : HttpMethods.IsGet(request.Method) ? GetAsync(request, name)
            : HttpMethods.IsDelete(request.Method) ? DeleteAsync(request, name)
            : ApiRouter.NotFoundAsync(request.Http);
    }

    private static async Task ScheduleAsync(ApiRequest request, string name)
    {
        var job = JobJson.Read(await BodyReader.ReadAsync(request.Http).ConfigureAwait(false));

        // What was begun is carried out, whether its caller waits for the answer or not.
        await request.Blocks.Jobs.ScheduleAsync(name, job, CancellationToken.None).ConfigureAwait(false);
        JsonAnswer.NoContent(request.Http);
    }

    private static async Task GetAsync(ApiRequest request, string name)
    {
        var json = JobJson.Write(await request.Blocks.Jobs.GetAsync(name, request.Aborted).ConfigureAwait(false), name);
        request.Http.Response.ContentType = "application/json";
        request.Http.Response.ContentLength = json.Length;
        await request.Http.Response.BodyWriter.WriteAsync(json, request.Aborted).ConfigureAwait(false);
    }

    private static async Task DeleteAsync(ApiRequest request, string name)
    {
        await request.Blocks.Jobs.DeleteAsync(name, CancellationToken.None).ConfigureAwait(false);
        JsonAnswer.NoContent(request.Http);
    }
}
