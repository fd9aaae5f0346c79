namespace Tandem.Runtime.AppChannel;

/// <summary>Reads the app's answers.</summary>
internal static class AnswerReader
{
    /// <summary>The whole body. An app that ends in the middle of its answer has not answered.</summary>
    public static async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength is 0)
        {
            return [];
        }

        try
        {
            return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new AppUnreachableException($"the app's answer broke off: {exception.Message}", exception) { Broke = true };
        }
    }
}
