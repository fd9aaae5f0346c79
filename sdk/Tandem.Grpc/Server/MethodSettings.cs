using System.IO.Compression;
using Grpc.AspNetCore.Server;
using Grpc.Net.Compression;
using Microsoft.AspNetCore.Http;
using Tandem.Grpc.Compression;
using Tandem.Grpc.Protocol;

namespace Tandem.Grpc.Server;

/// <summary>The options of a service, prepared for its calls.</summary>
internal sealed class MethodSettings
{
    private readonly CompressionSet _compressions;

    /// <summary>Of all services alone.</summary>
    public MethodSettings(GrpcServiceOptions all)
        : this(all, null)
    {
    }

    /// <summary>Of one service, where it says nothing of all.</summary>
    public MethodSettings(GrpcServiceOptions all, GrpcServiceOptions? own)
    {
        var defaults = new GrpcServiceOptions();
        MaxReceive = own is null || own.MaxReceiveMessageSize == defaults.MaxReceiveMessageSize ? all.MaxReceiveMessageSize : own.MaxReceiveMessageSize;
        MaxSend = own?.MaxSendMessageSize ?? all.MaxSendMessageSize;
        DetailedErrors = own?.EnableDetailedErrors ?? all.EnableDetailedErrors ?? false;
        Algorithm = own?.ResponseCompressionAlgorithm ?? all.ResponseCompressionAlgorithm;
        Level = own?.ResponseCompressionLevel ?? all.ResponseCompressionLevel;
        Interceptors = own is null ? [.. all.Interceptors] : [.. all.Interceptors, .. own.Interceptors];
        _compressions = new(all.CompressionProviders);
    }

    public int? MaxReceive { get; }

    public int? MaxSend { get; }

    public bool DetailedErrors { get; }

    public string? Algorithm { get; }

    public CompressionLevel? Level { get; }

    public IReadOnlyList<InterceptorRegistration> Interceptors { get; }

    /// <summary>What <c>grpc-accept-encoding</c> says.</summary>
    public string AcceptEncoding => _compressions.AcceptEncoding;

    public ICompressionProvider? FindCompression(string? encoding) => _compressions.Find(encoding);

    /// <summary>The compression of the responses, when the client understands it.</summary>
    public ICompressionProvider? ChooseForResponse(string? wanted, HttpRequest request)
    {
        if (FindCompression(wanted) is not { } provider)
        {
            return null;
        }

        foreach (var value in request.Headers[HeaderNames.AcceptEncoding])
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[part].Trim().SequenceEqual(provider.EncodingName))
                {
                    return provider;
                }
            }
        }

        return null;
    }
}
