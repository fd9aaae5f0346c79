using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Server;

/// <summary>
/// A gRPC server without routing: services that are objects, called by the path of the request. For servers that have no pipeline; others use
/// <c>AddGrpc</c> and <c>MapGrpcService</c>. Services are added before the first call.
/// </summary>
/// <param name="options">The settings; interceptors take services from the request.</param>
/// <param name="loggerFactory">Where is logged.</param>
public sealed class GrpcDispatcher(GrpcServiceOptions options, ILoggerFactory loggerFactory)
{
    private readonly Dictionary<string, ServerMethod> _methods = new(StringComparer.Ordinal);
    private readonly ILogger _logger = loggerFactory.CreateLogger("Grpc.AspNetCore.Server");

    /// <summary>The full names of the services.</summary>
    public IEnumerable<string> ServiceNames => _methods.Values.Select(static method => method.Method.ServiceName).Distinct();

    /// <summary>Adds a service, as the generated <c>BindService(implementation)</c> gives it.</summary>
    /// <exception cref="ArgumentException">One of its methods is there already.</exception>
    public void Add(ServerServiceDefinition service)
    {
        ArgumentNullException.ThrowIfNull(service);
        service.BindService(new ServerMethodBinder(new MethodSettings(options), _logger, method => _methods.Add(method.Method.FullName, method)));
    }

    /// <summary>Whether a path is a method's.</summary>
    public bool Contains(string path) => _methods.ContainsKey(path);

    /// <summary>Answers a call; one to an unknown method with Unimplemented.</summary>
    public Task HandleAsync(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return TryFind(http.Request.Path.Value, out var method) ? method.HandleAsync(http) : RefuseUnknownAsync(http);
    }

    /// <summary>Ends a call with a status, without a method.</summary>
    public static Task RefuseAsync(HttpContext http, Status status, Metadata? trailers = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (RequestChecks.FindFault(http.Request) is { } fault)
        {
            return RequestChecks.RefuseAsync(http, fault);
        }

        http.Response.ContentType = RequestChecks.ContentType;
        MetadataHeaders.WriteStatus(http.Response.Headers, status, trailers);
        return Task.CompletedTask;
    }

    internal static Task RefuseUnknownAsync(HttpContext http)
        => RefuseAsync(http, new Status(StatusCode.Unimplemented, $"There is no method {http.Request.Path} here."));

    private bool TryFind(string? path, [NotNullWhen(true)] out ServerMethod? method)
    {
        method = null;
        return path is not null && _methods.TryGetValue(path, out method);
    }
}
