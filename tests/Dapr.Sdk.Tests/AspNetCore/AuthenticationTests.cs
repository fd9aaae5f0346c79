using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Dapr.Sdk.Tests.AspNetCore;

public sealed class AuthenticationTests : AppTest
{
    [Theory]
    [InlineData("secret", "secret", HttpStatusCode.OK)]
    [InlineData("secret", "secreT", HttpStatusCode.Unauthorized)]
    [InlineData("secret", "", HttpStatusCode.Unauthorized)]
    [InlineData("secret", null, HttpStatusCode.Unauthorized)]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData(null, "anything", HttpStatusCode.OK)]
    public async Task Policy_Token_LetsTheSidecarIn(string? token, string? sent, HttpStatusCode expected)
    {
        await StartAsync(
            static app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/guarded", static () => "in").RequireAuthorization("Dapr");
            },
            builder =>
            {
                builder.Services.AddAuthentication().AddDapr(options => options.Token = token);
                builder.Services.AddAuthorization(static options => options.AddDapr());
            });
        if (sent is not null)
        {
            Http.DefaultRequestHeaders.Add("dapr-api-token", sent);
        }

        Assert.Equal(expected, (await Http.GetAsync(new Uri("/guarded", UriKind.Relative))).StatusCode);
    }
}
