using Tandem.Product.Catalog;
using Tandem.Product.Images;
using Tandem.Product.Reservations;
using Tandem.Product.Search;
using Tandem.Product.Seed;
using Tandem.Product.Stock;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("product", defaultPort: 8080);
builder.AddServiceGrpc(defaultPort: 50050);
builder.AddDatabase("product-db");
builder.AddIdempotency();
builder.Services.AddCatalog();
builder.Services.AddStock();
builder.Services.AddReservations();
builder.Services.AddImages();
builder.Services.AddCatalogSeed();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapCatalog();
app.MapGrpcService<ProductGrpc>();
app.MapSearch();
app.MapStock();
app.MapReservations();
app.MapImages();
app.Run();
