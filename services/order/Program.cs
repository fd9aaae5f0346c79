using Tandem.Contracts.Events;
using Tandem.Order;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("order", defaultPort: 8085);
builder.AddServiceGrpc(defaultPort: 50053);
builder.AddDatabase("order-db");
builder.AddIdempotency();
builder.Services.AddOrders();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapOrders();
app.MapSagas();
app.MapGrpcService<OrderGrpc>();
app.MapEvents(Topics.Orders, static on => on
    .Handle<OrderShipped, OrderShippedHandler>()
    .Handle<OrderDelivered, OrderDeliveredHandler>());
app.Run();
