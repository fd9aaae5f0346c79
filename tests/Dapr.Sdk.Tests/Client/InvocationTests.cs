using System.Net;
using System.Net.Http.Json;
using Dapr.Client;

namespace Dapr.Sdk.Tests.Client;

public sealed class InvocationTests : ClientTest
{
    [Theory]
    [InlineData("orders", "/v1.0/invoke/shop/method/orders")]
    [InlineData("/orders/7?full=true", "/v1.0/invoke/shop/method/orders/7?full=true")]
    public async Task CreateInvokeMethodRequest_Path_IsTheCallees(string method, string target)
    {
        await Client.InvokeMethodAsync(HttpMethod.Get, "shop", method);

        AssertSent("GET", target);
    }

    [Fact]
    public async Task CreateInvokeMethodRequest_Query_IsEscaped()
    {
        using var request = Client.CreateInvokeMethodRequest(HttpMethod.Get, "shop", "find?x=1", [new("q", "a&b"), new("q", "ü")]);
        await Client.InvokeMethodAsync(request);

        AssertSent("GET", "/v1.0/invoke/shop/method/find?x=1&q=a%26b&q=%C3%BC");
    }

    [Fact]
    public async Task InvokeMethod_RequestAndResponse_AreJson()
    {
        Sidecar.Answers(200, """{"name":"made","size":9}""");

        var made = await Client.InvokeMethodAsync<Widget, Widget>("shop", "make", new Widget("lamp", 1));

        Assert.Equal(new Widget("made", 9), made);
        Assert.Equal(("POST", "/v1.0/invoke/shop/method/make", """{"name":"lamp","size":1}"""), (Sidecar.Only.Method, Sidecar.Only.Target, Sidecar.Only.Text));
    }

    [Fact]
    public async Task InvokeMethod_CalleeFails_ThrowsWithItsAnswer()
    {
        Sidecar.Answers(409, """{"title":"sold out"}""");

        var failure = await Assert.ThrowsAsync<InvocationException>(() => Client.InvokeMethodAsync<Widget>(HttpMethod.Get, "shop", "take/7"));

        Assert.Equal(("shop", "take/7", HttpStatusCode.Conflict), (failure.AppId, failure.MethodName, failure.Response?.StatusCode));
        Assert.Contains("sold out", await failure.Response!.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InvokeMethodWithResponse_CalleeFails_GivesTheAnswer()
    {
        Sidecar.Answers(404, "nothing");

        using var response = await Client.InvokeMethodWithResponseAsync(Client.CreateInvokeMethodRequest("shop", "m"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task InvokeMethod_SidecarIsAway_Throws()
    {
        await Sidecar.DisposeAsync();

        var failure = await Assert.ThrowsAsync<InvocationException>(() => Client.InvokeMethodAsync("shop", "m"));
        Assert.Null(failure.Response);
    }

    [Fact]
    public async Task InvokeMethod_AddressThatIsNotTheSidecars_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://example.invalid/v1.0/invoke/shop/method/m");

        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.InvokeMethodAsync(request));
        Assert.Empty(Sidecar.Requests);
    }

    [Fact]
    public async Task Token_Configured_GoesWithEveryCall()
    {
        using var client = Sidecar.CreateClient("secret");
        await client.InvokeMethodAsync("shop", "m");
        await client.PublishEventAsync("p", "t");

        Assert.Equal(("secret", "secret"), (Sidecar.Only.Header("dapr-api-token"), Grpc.Only.Header("dapr-api-token")));
    }

    [Fact]
    public async Task CreateInvokeHttpClient_RelativeAddress_GoesToTheApp()
    {
        using var http = DaprClient.CreateInvokeHttpClient("Shop", Sidecar.Endpoint.AbsoluteUri, "secret");

        await http.PostAsJsonAsync("/things?x=1", new { a = 1 });

        AssertSent("POST", "/v1.0/invoke/Shop/method/things?x=1");
        Assert.Equal("secret", Sidecar.Only.Header("dapr-api-token"));
        Assert.StartsWith("dapr-sdk-dotnet/v", Sidecar.Only.Header("User-Agent"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateInvokableHttpClient_AbsoluteAddress_NamesTheApp()
    {
        using var http = Client.CreateInvokableHttpClient();

        await http.GetAsync(new Uri("http://other-app/a%20b/c"));

        AssertSent("GET", "/v1.0/invoke/other-app/method/a%20b/c");
    }

    [Fact]
    public async Task InvocationHandler_AfterTheCall_TheRequestIsUntouched()
    {
        var handler = new InvocationHandler { InnerHandler = new SocketsHttpHandler(), DaprEndpoint = Sidecar.Endpoint.AbsoluteUri };
        using var http = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://shop/x");

        await http.SendAsync(request, default);

        Assert.Equal("http://shop/x", request.RequestUri!.OriginalString);
        AssertSent("GET", "/v1.0/invoke/shop/method/x");
    }

    [Fact]
    public async Task CreateInvokeHttpClient_CookiesAndRedirects_BelongToTheCaller()
    {
        Sidecar.Answers(302, headers: [("Set-Cookie", "session=ann; Path=/"), ("Location", "/elsewhere")]);
        using var http = Client.CreateInvokableHttpClient("shop");

        var first = await http.GetAsync(new Uri("/login", UriKind.Relative));
        await http.GetAsync(new Uri("/account", UriKind.Relative));

        Assert.Equal(HttpStatusCode.Found, first.StatusCode);
        Assert.Equal(2, Sidecar.Requests.Count);
        Assert.Null(Sidecar.Requests[1].Header("Cookie"));
    }

    [Fact]
    public void CreateInvokeHttpClient_NameThatIsNoHost_IsRefused()
        => Assert.Throws<ArgumentException>(() => DaprClient.CreateInvokeHttpClient("no host:name"));
}
