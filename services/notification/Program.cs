using Tandem.Notification;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddServiceDefaults("notification", defaultPort: 8084);
builder.AddDatabase("notification-db");
builder.AddIdempotency();
builder.AddNotifications();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapSubscriptions();
app.MapNotifications();
app.MapManagement();
app.MapAnnouncements();
app.MapStream();
app.Run();
