using Tandem.Basket;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("basket", defaultPort: 8081);
builder.AddServiceGrpc(defaultPort: 50051);
builder.Services.AddBaskets();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapActorsHandlers().RequireAuthorization(Policies.Sidecar);
app.MapBaskets();
app.MapGrpcService<BasketGrpc>();
app.Run();
