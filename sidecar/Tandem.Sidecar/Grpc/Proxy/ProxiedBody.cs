using System.Net;
using Microsoft.AspNetCore.Http;
using Tandem.Runtime.Invocation.Proxy;

namespace Tandem.Sidecar.Grpc.Proxy;

/// <summary>The messages of a caller on their way to the app: what came is passed on before more is waited for.</summary>
/// <param name="http">The call.</param>
/// <param name="limit">How large a message may be.</param>
/// <param name="kept">What an earlier try has read, and keeps what is read now; <see langword="null"/> when there is one try.</param>
internal sealed class ProxiedBody(HttpContext http, long limit, KeptBody? kept) : HttpContent
{
    private Task? _copying;
    private MessageMeter _meter = new(limit);

    /// <summary>Why the messages could not be passed on; <see langword="null"/> while they can.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Completes when nothing reads from the call any more: only then may the call end.</summary>
    public Task StopAsync()
    {
        if (_copying is null or { IsCompleted: true })
        {
            return Task.CompletedTask;
        }

        http.Request.BodyReader.CancelPendingRead();
        return SuppressAsync(_copying);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (_copying is not null)
        {
            throw new HttpRequestException("the connection broke, and the call cannot be sent again");
        }

        return _copying = CopyAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static async Task SuppressAsync(Task copying) => await copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            if (kept is { Bytes.Length: > 0 })
            {
                await stream.WriteAsync(kept.Bytes, cancellationToken).ConfigureAwait(false);
            }

            if (kept is not { IsWhole: true })
            {
                await CopyRestAsync(stream, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            Fault = exception;
            throw;
        }
    }

    private async Task CopyRestAsync(Stream stream, CancellationToken cancellationToken)
    {
        var reader = http.Request.BodyReader;
        var isUnsent = true;
        while (true)
        {
            var reading = reader.ReadAsync(cancellationToken);
            if (!reading.IsCompleted && isUnsent)
            {
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
                isUnsent = false;
            }

            var result = await reading.ConfigureAwait(false);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The call is over.");
            }

            foreach (var part in result.Buffer)
            {
                _meter.Pass(part.Span);
                kept?.Add(part.Span);
                await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                isUnsent = true;
            }

            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                kept?.End();
                return;
            }
        }
    }
}
