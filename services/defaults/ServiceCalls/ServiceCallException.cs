using System.Net;

namespace Tandem.ServiceDefaults;

/// <summary>Another service gave no answer that decides anything: it is down, late, overloaded or set up wrongly. The call may be repeated.</summary>
public sealed class ServiceCallException : HttpRequestException
{
    /// <param name="call">Who was asked what, such as <c>GET http://product/products/1</c>.</param>
    /// <param name="trouble">What went wrong, in a few words.</param>
    /// <param name="statusCode">The status, when there was an answer.</param>
    /// <param name="inner">What lies behind it.</param>
    public ServiceCallException(string call, string trouble, HttpStatusCode? statusCode = null, Exception? inner = null)
        : base($"{call}: {trouble}", inner, statusCode)
    {
    }
}
