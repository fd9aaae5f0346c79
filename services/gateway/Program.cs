using Tandem.Gateway;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("gateway", defaultPort: 8083);
builder.AddGateway();

var app = builder.Build();
app.UseForwardedHeaders();
app.Use(RequestIds.InvokeAsync);
app.Use(SecurityHeaders.InvokeAsync);
app.UseResponseCompression();
app.UseCors();
app.Use(BodyLimit.InvokeAsync);
app.UseMiddleware<RateLimitMiddleware>();
app.UseServiceDefaults();
app.Use(BadTokens.InvokeAsync);
app.UseSharedReads();
app.MapDefaultEndpoints();
app.MapAggregatedOpenApi();
app.MapDocs();
app.MapDetailedHealth();
app.MapAdmin();
app.MapReverseProxy(static proxy =>
{
    proxy.UseMiddleware<CircuitBreakerMiddleware>();
    proxy.Use(ProxyErrorMiddleware.InvokeAsync);
    proxy.Use(RequestCounts.InvokeAsync);
    proxy.UseLoadBalancing();
    proxy.UsePassiveHealthChecks();
}).WithSharedReads();
app.Run();
