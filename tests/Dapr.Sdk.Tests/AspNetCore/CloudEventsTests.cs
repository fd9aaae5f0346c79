using System.Net;
using System.Text;
using Dapr.Sdk.Tests.Doubles;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Dapr.Sdk.Tests.AspNetCore;

public sealed class CloudEventsTests : AppTest
{
    private const string CloudEvent = "application/cloudevents+json";

    private RecordedRequest? _seen;

    [Theory]
    [InlineData("""{"data":{"a":1}}""", "application/json", """{"a":1}""")]
    [InlineData("""{"data":{"a":1},"datacontenttype":"application/vnd.x+json"}""", "application/vnd.x+json", """{"a":1}""")]
    [InlineData("""{"data":"words","datacontenttype":"text/plain"}""", "text/plain", "words")]
    [InlineData("""{"data":"words","datacontenttype":"text/plain; charset=utf-16"}""", "text/plain", "words")]
    [InlineData("""{"data":"words"}""", "application/json", "\"words\"")]
    [InlineData("""{"data":"words","datacontenttype":"application/json"}""", "application/json", "\"words\"")]
    [InlineData("""{"data":[1],"datacontenttype":"text/plain"}""", "text/plain", "[1]")]
    [InlineData("""{"data":null}""", "application/json", "null")]
    [InlineData("""{"DATA":5,"DataContentType":"application/json"}""", "application/json", "5")]
    [InlineData("""{"data_base64":"aGVsbG8=","datacontenttype":"image/png"}""", "image/png", "hello")]
    [InlineData("""{"id":"1"}""", null, "")]
    public async Task Envelope_Unwrapped_BodyAndContentType(string envelope, string? contentType, string body)
    {
        await StartAsync(new CloudEventsMiddlewareOptions());

        var response = await PostAsync("/events", envelope, CloudEvent + "; charset=utf-8");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((contentType ?? "", body), (_seen!.Header("Content-Type") ?? "", _seen.Text));
        Assert.Equal(body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), _seen.Header("Content-Length"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("""{"data":1,"data_base64":"AA=="}""")]
    [InlineData("""{"data_base64":"?"}""")]
    public async Task Envelope_Malformed_Is400(string envelope)
    {
        await StartAsync(new CloudEventsMiddlewareOptions());

        var response = await PostAsync("/events", envelope, CloudEvent);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Null(_seen);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/cloudevents-batch+json")]
    public async Task OtherContentType_PassesUntouched(string contentType)
    {
        await StartAsync(new CloudEventsMiddlewareOptions());

        await PostAsync("/events", """{"data":1}""", contentType);

        Assert.Equal("""{"data":1}""", _seen!.Text);
    }

    [Fact]
    public async Task Envelope_InAnotherEncoding_IsTranscoded()
    {
        await StartAsync(new CloudEventsMiddlewareOptions());

        await PostAsync("/events", """{"data":{"a":"é"}}""", CloudEvent + "; charset=utf-16", Encoding.Unicode);

        Assert.Equal("""{"a":"é"}""", _seen!.Text);
    }

    [Fact]
    public async Task SuppressJsonDecoding_Text_KeepsItsQuotes()
    {
        await StartAsync(new CloudEventsMiddlewareOptions { SuppressJsonDecodingOfTextPayloads = true });

        await PostAsync("/events", """{"data":"words","datacontenttype":"text/plain"}""", CloudEvent);

        Assert.Equal("\"words\"", _seen!.Text);
    }

    [Fact]
    public async Task ForwardProperties_All_BecomeHeaders()
    {
        await StartAsync(new CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true });

        await PostAsync("/events", """{"id":"7","Type":"order.paid","n":5,"ok":true,"none":null,"pubsubname":"p","traceparent":"00","datacontenttype":"application/json","data":1}""", CloudEvent);

        Assert.Equal(("7", "order.paid", "5", "true"), (Header("id"), Header("type"), Header("n"), Header("ok")));
        Assert.All(["none", "pubsubname", "traceparent", "datacontenttype", "data"], name => Assert.Null(Header(name)));
    }

    [Fact]
    public async Task ForwardProperties_Included_OnlyThose()
    {
        await StartAsync(new CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true, IncludedCloudEventPropertiesAsHeaders = ["TYPE"], ExcludedCloudEventPropertiesFromHeaders = ["type"] });

        await PostAsync("/events", """{"id":"7","type":"t","data":1}""", CloudEvent);

        Assert.Equal((null, "t"), (Header("id"), Header("type")));
    }

    [Fact]
    public async Task ForwardProperties_Excluded_AllButThose()
    {
        await StartAsync(new CloudEventsMiddlewareOptions { ForwardCloudEventPropertiesAsHeaders = true, ExcludedCloudEventPropertiesFromHeaders = ["type"] });

        await PostAsync("/events", """{"id":"7","type":"t","data":1}""", CloudEvent);

        Assert.Equal(("7", null), (Header("id"), Header("type")));
    }

    private string? Header(string name) => _seen!.Header("Cloudevent." + name);

    private Task StartAsync(CloudEventsMiddlewareOptions options) => StartAsync(app =>
    {
        app.UseCloudEvents(options);
        app.Run(async context =>
        {
            _seen = await RecordedRequest.ReadAsync(context);
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
    });
}
