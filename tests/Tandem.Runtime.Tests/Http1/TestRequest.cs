using Tandem.Runtime.Http1;

namespace Tandem.Runtime.Tests.Http1;

internal sealed class TestRequest(string method = "GET", string path = "/", Http1Body body = default, params (string Name, string Value)[] headers) : IHttp1Request
{
    public string Method => method;

    public string PathAndQuery => path;

    public Http1Body Body => body;

    public void WriteHeaders(Http1Head head)
    {
        foreach (var (name, value) in headers)
        {
            head.WriteHeader(name, value);
        }
    }
}
