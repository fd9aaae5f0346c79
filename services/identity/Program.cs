using Tandem.Identity.Login;
using Tandem.Identity.Registration;
using Tandem.Identity.Seed;
using Tandem.Identity.Sessions;
using Tandem.Identity.Tokens;
using Tandem.Identity.Users;
using Tandem.ServiceDefaults;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddSigningKeys();
builder.AddServiceDefaults("identity", defaultPort: 8086);
builder.AddServiceGrpc(defaultPort: 50054);
builder.AddDatabase("identity-db");
builder.Services.AddUsers();
builder.Services.AddRegistration();
builder.Services.AddLogin();
builder.Services.AddSessions();
builder.AddSeed();

var app = builder.Build();
app.UseServiceDefaults();
app.MapDefaultEndpoints();
app.MapSigningKeys();
app.MapRegistration();
app.MapLogin();
app.MapSessions();
app.MapUsers();
app.MapGrpcService<IdentityGrpc>();
app.Run();
