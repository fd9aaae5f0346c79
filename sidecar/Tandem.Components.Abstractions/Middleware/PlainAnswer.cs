using Microsoft.AspNetCore.Http;

namespace Tandem.Components.Middleware;

/// <summary>How a middleware refuses a request: a status and one line of text.</summary>
public static class PlainAnswer
{
    /// <summary>Answers with the line.</summary>
    public static Task WriteAsync(HttpContext http, int status, string line)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(line, http.RequestAborted);
    }
}
