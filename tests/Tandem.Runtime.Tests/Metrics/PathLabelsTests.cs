using System.Diagnostics;
using Tandem.Runtime.Metrics;
using Tandem.Runtime.Metrics.Http;

namespace Tandem.Runtime.Tests.Metrics;

public sealed class PathLabelsTests
{
    [Theory]
    [InlineData("/v1.0/state/store/key", "/v1.0/state/store")]
    [InlineData("/v1.0/state/store", "/v1.0/state/store")]
    [InlineData("/v1.0/secrets/vault/db-password", "/v1.0/secrets/vault")]
    [InlineData("/v1.0/actors/Cart/7/method/Add", "/v1.0/actors/Cart/{id}/method")]
    [InlineData("/v1.0/actors/Cart/7/reminders/pay", "/v1.0/actors/Cart/{id}/reminders")]
    [InlineData("/v1.0/actors/Cart/7/state", "/v1.0/actors/Cart/{id}/state")]
    [InlineData("/v1.0/actors/Cart", "/v1.0/actors/Cart")]
    [InlineData("actors/Cart/7/method/Add", "actors/Cart/{id}/method/Add")]
    [InlineData("/v1.0/invoke/orders/method/orders/7", "/v1.0/invoke/orders/method/orders/7")]
    [InlineData("/orders/7", "/orders/7")]
    [InlineData("/", "/")]
    [InlineData("", "")]
    public void Find_ByDefault_LeavesOutWhatNamesSingleThings(string path, string label) => Assert.Equal(label, Find(new MetricsSettings(), path));

    [Fact]
    public void Find_LongPath_IsCut()
    {
        Assert.Equal(PathLabels.Longest, Find(new MetricsSettings(), "/" + new string('x', 5000)).Length);
        Assert.Equal("/v1.0/actors/" + new string('T', 187), Find(new MetricsSettings(), $"/v1.0/actors/{new string('T', 5000)}/7/method/{new string('m', 500)}")[..200]);
    }

    [Theory]
    [InlineData("/orders/7", "")]
    [InlineData("/v1.0/state/store/key", "")]
    public void Find_WithoutIncreasedCardinality_IsEmpty(string path, string label)
        => Assert.Equal(label, Find(new MetricsSettings { IncreasedCardinality = false }, path));

    [Theory]
    [InlineData("/orders/7", "/orders/{orderID}")]
    [InlineData("/orders/new", "/orders/new")]
    [InlineData("/orders", "")]
    [InlineData("/orders/7/items/8", "/orders/{orderID}/items/{itemID}")]
    [InlineData("/orders/7/other", "")]
    [InlineData("/files/a/b/c", "/files/{path...}")]
    [InlineData("/static/a/b", "/static/")]
    [InlineData("/v1.0/invoke/shop/method/orders/9", "/v1.0/invoke/shop/method/orders/{id}")]
    public void Find_WithPathMatching_TakesTheMostPrecisePattern(string path, string label)
    {
        var settings = new MetricsSettings
        {
            IncreasedCardinality = false,
            PathMatching = ["/orders/{orderID}", "/orders/new", "/orders/{orderID}/items/{itemID}", "/files/{path...}", "/static/", "/v1.0/invoke/shop/method/orders/{id}"],
        };

        Assert.Equal(label, Find(settings, path));
    }

    [Fact]
    public void Find_PathMatchingWithIncreasedCardinality_LeavesOtherPathsAsTheyAre()
        => Assert.Equal("/other/7", Find(new MetricsSettings { PathMatching = ["/orders/{id}"] }, "/other/7"));

    [Fact]
    public async Task Record_ExcludeVerbs_MakesOneOfAllMethods()
    {
        var metrics = Registries.Create(new MetricsSettings { ExcludeVerbs = true });
        metrics.HttpServer.Record("GET", "/orders", 200, Stopwatch.GetTimestamp(), 0, 0);
        metrics.HttpServer.Record("POST", "/orders", 200, Stopwatch.GetTimestamp(), 0, 0);

        Assert.Equal(2, (await metrics.ReadAsync()).Value("dapr_http_server_request_count", ("method", ""), ("path", "/orders")));
    }

    [Fact]
    public async Task Record_MorePathsThanAreKept_CountsTheOthersWithoutPath()
    {
        var metrics = Registries.Create();
        for (var i = 0; i < 3000; i++)
        {
            metrics.HttpServer.Record("GET", $"/orders/{i}", 200, Stopwatch.GetTimestamp(), 0, 0);
        }

        var text = await metrics.ReadAsync();
        Assert.Equal(2000, text.Value("dapr_http_server_request_count", ("path", "")));
        Assert.Equal(1001, text.Find("dapr_http_server_request_count").Count());
    }

    private static string Find(MetricsSettings settings, string path)
    {
        Span<char> buffer = stackalloc char[PathLabels.Longest];
        return new PathLabels(settings).Find(path, buffer).ToString();
    }
}
