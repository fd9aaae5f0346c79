using FluentValidation;
using Tandem.Analytics;
using Tandem.Contracts.Events;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("analytics", defaultPort: 8087);
builder.AddDatabase("analytics-db");
builder.Services.AddSingleton<AnalyticsMetrics>();
builder.Services.AddSingleton<WindowStore>();
builder.Services.AddSingleton<WindowCloser>();
builder.Services.AddSingleton<WindowFeed>();
builder.Services.AddSingleton<Watermark>();
builder.Services.AddHostedService<WindowTimer>();
builder.Services.AddSingleton<IValidator<WindowRange>, WindowRange.Validator>();
builder.Services.AddDeadLetters();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapEvents(Topics.Orders, static on => on.Handle<OrderPaid, OrderPaidHandler>());
app.MapWindows();
app.MapSummary();
app.MapStream();
app.MapDeadLetterTopics();
app.MapDeadLetters();
app.Run();
