using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Product;

namespace Tandem.Services.Tests.Defaults;

public sealed class HealthTests(ServiceApplication<ProductService> application) : IClassFixture<ServiceApplication<ProductService>>
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/health/live")]
    public async Task Health_OfRunningService_IsHealthy(string path)
    {
        using var client = application.CreateAnonymousClient();

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("healthy", body.GetProperty("status").GetString());
        Assert.Equal("product", body.GetProperty("service").GetString());
    }
}
