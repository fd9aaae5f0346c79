using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Server;

namespace Grpc.Core;

/// <summary>What a call has of ASP.NET.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request that carries the call.</summary>
    /// <exception cref="InvalidOperationException">The context is not of this server and names no request under <c>__HttpContext</c>.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext)
    {
        ArgumentNullException.ThrowIfNull(serverCallContext);
        return (serverCallContext as HttpServerCallContext)?.Http
            ?? (serverCallContext.UserState.TryGetValue("__HttpContext", out var kept) ? kept as HttpContext : null)
            ?? throw new InvalidOperationException("This context does not belong to a request.");
    }
}
