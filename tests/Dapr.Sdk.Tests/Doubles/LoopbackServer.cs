using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Dapr.Sdk.Tests.Doubles;

/// <summary>Starts web applications on a free port of the loopback interface.</summary>
internal static class LoopbackServer
{
    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        return builder;
    }

    public static async Task<Uri> StartAtFreePortAsync(this WebApplication app)
    {
        await app.StartAsync();
        return new Uri(app.Urls.Single());
    }
}
