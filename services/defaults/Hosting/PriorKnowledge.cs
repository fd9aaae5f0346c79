using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tandem.ServiceDefaults;

/// <summary>
/// HTTP/1.1 and HTTP/2 on one port without TLS. Kestrel speaks one of them on such a port, but a client that starts HTTP/2 with prior knowledge
/// says so in its first bytes (RFC 9113, section 3.4), and daprd does: whatever the app's protocol, it proxies gRPC to the one app port.
/// </summary>
internal static class PriorKnowledge
{
    /// <summary>As long as Kestrel lets an idle HTTP/1.1 connection live.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(130);

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Hands connections that begin with HTTP/2's preface over to the other endpoint; the rest stays here.</summary>
    public static void UsePriorKnowledge(this ListenOptions listen, Http2EndPoint http2)
        => listen.Use(next => async connection =>
        {
            if (await BeginsWithPrefaceAsync(connection.Transport.Input) is not { } isHttp2)
            {
                return;
            }

            await (isHttp2 ? http2.ServeAsync(connection) : next(connection));
        });

    /// <summary>Whether the preface comes, without taking anything of what came; nothing when nobody says anything.</summary>
    private static async ValueTask<bool?> BeginsWithPrefaceAsync(PipeReader input)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(patience.Token);
                var buffer = read.Buffer;
                var match = Compare(buffer);
                if (match is not null || read.IsCompleted)
                {
                    input.AdvanceTo(buffer.Start);
                    return match ?? (buffer.IsEmpty ? null : false);
                }

                input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return null;
        }
        catch (ConnectionResetException)
        {
            // Gone before it said anything: no error of ours.
            return null;
        }
    }

    /// <summary>Whether the bytes are the preface; nothing while they may still become it.</summary>
    private static bool? Compare(ReadOnlySequence<byte> buffer)
    {
        Span<byte> bytes = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, bytes.Length);
        buffer.Slice(0, length).CopyTo(bytes);
        if (!Preface.StartsWith(bytes[..length]))
        {
            return false;
        }

        return length == Preface.Length ? true : null;
    }
}
