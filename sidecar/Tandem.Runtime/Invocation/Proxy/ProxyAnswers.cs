using System.Globalization;
using Tandem.Grpc.Protocol;

namespace Tandem.Runtime.Invocation.Proxy;

/// <summary>Reads what a proxied call's answer says of itself.</summary>
public static class ProxyAnswers
{
    /// <summary>
    /// The status of an answer that is over with its head; <see langword="null"/> for one that goes on. Such an answer has given nothing
    /// to anybody, so that the call may be made again.
    /// </summary>
    public static int? StatusOf(HttpResponseMessage answer)
        => answer.Headers.NonValidated.TryGetValues(HeaderNames.Status, out var values)
            && int.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            ? status
            : null;
}
