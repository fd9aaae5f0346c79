using Tandem.Payment;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("payment", defaultPort: 8082);
builder.AddServiceGrpc(defaultPort: 50052);
builder.AddDatabase("payment-db");
builder.AddIdempotency();
builder.Services.AddPayments();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapPayments();
app.MapGrpcService<PaymentGrpc>();
app.Run();
