using System.Net;
using Grpc.Core;
using Tandem.Contracts.Grpc.Identity.V1;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;
using Tandem.Services.Tests.Identity;
using IdentityClient = Tandem.Contracts.Grpc.Identity.V1.Identity.IdentityClient;

namespace Tandem.Services.Tests.Grpc;

public sealed class IdentityGrpcTests(IdentityApplication application) : IClassFixture<IdentityApplication>
{
    private readonly IdentityClient _nobody = new(application.GrpcOfNobody());

    [Fact]
    public async Task User_CreatedSignedInAndChanged_IsTheOneOfHttp()
    {
        var email = $"{Ids.New()}@example.com";
        var created = await _nobody.CreateUserAsync(new CreateUserRequest { Email = email, Password = IdentityApplication.Password, Name = "Bea" });
        var session = await _nobody.AuthenticateAsync(new AuthenticateRequest { Email = email, Password = IdentityApplication.Password });
        var own = new IdentityClient(application.GrpcOfToken(session.AccessToken));
        using var http = application.CreateClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", session.AccessToken);

        Assert.Equal(created, session.User);
        Assert.True(session.ExpiresIn > 0);
        SameAnswer.Check(await http.GetAsync("/users/me", HttpStatusCode.OK), await own.GetUserAsync(new GetUserRequest { Id = created.Id }));
        var changed = await own.UpdateUserAsync(new UpdateUserRequest
        {
            Id = created.Id,
            Name = "Bea B.",
            Phone = "+1 555 0100",
            Address = new Address { Street = "1 Main St", City = "Springfield" },
        });
        SameAnswer.Check(await http.GetAsync("/users/me", HttpStatusCode.OK), changed);
        Assert.False(changed.Address.HasZip);
        var emptied = await own.UpdateUserAsync(new UpdateUserRequest { Name = "Bea" });
        Assert.False(emptied.HasPhone);
        Assert.Null(emptied.Address);

        using var refreshed = await http.PostAsync("/auth/refresh", new { refreshToken = session.RefreshToken });
        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
    }

    [Fact]
    public async Task CreateUser_OfAnAddressThatIsTaken_IsAlreadyExists()
    {
        var request = new CreateUserRequest { Email = $"{Ids.New()}@example.com", Password = IdentityApplication.Password, Name = "Bea" };
        await _nobody.CreateUserAsync(request);

        var status = await _nobody.CreateUserAsync(request).FailsAsync(StatusCode.AlreadyExists);

        Assert.Equal("ALREADY_EXISTS", status.GetDetail<global::Google.Rpc.ErrorInfo>()!.Reason);
    }

    [Fact]
    public async Task Requests_AgainstTheRules_NameTheirFields()
    {
        var own = new IdentityClient(application.GrpcOfToken(await TokenAsync()));

        Assert.Equal(["email", "password", "name"], await _nobody.CreateUserAsync(new CreateUserRequest()).WrongFieldsAsync());
        Assert.Equal(["email", "password"], await _nobody.AuthenticateAsync(new AuthenticateRequest()).WrongFieldsAsync());
        Assert.Equal(["name"], await own.UpdateUserAsync(new UpdateUserRequest()).WrongFieldsAsync());
        Assert.Equal(["phone"], await own.UpdateUserAsync(new UpdateUserRequest { Name = "x", Phone = "call me" }).WrongFieldsAsync());
        Assert.Equal(["address.zip"], await own.UpdateUserAsync(
            new UpdateUserRequest { Name = "x", Address = new Address { Zip = new string('1', 21) } }).WrongFieldsAsync());
    }

    [Fact]
    public async Task Authenticate_FailingTooOften_IsResourceExhaustedWithTheTimeToWait()
    {
        var request = new AuthenticateRequest { Email = $"{Ids.New()}@example.com", Password = "wrong password" };
        for (var i = 0; i < 5; i++)
        {
            await _nobody.AuthenticateAsync(request).FailsAsync(StatusCode.Unauthenticated);
        }

        var status = await _nobody.AuthenticateAsync(request).FailsAsync(StatusCode.ResourceExhausted);

        Assert.InRange(status.GetDetail<global::Google.Rpc.RetryInfo>()!.RetryDelay.ToTimeSpan(), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Users_AreForThemselvesAndSeenByAdminsAndServices()
    {
        using var http = application.CreateAnonymousClient();
        var token = await TokenAsync();
        var own = new IdentityClient(application.GrpcOfToken(token));
        var ann = (await http.PostAsync("/auth/login", new { email = "ann@example.com", password = IdentityApplication.Password }, HttpStatusCode.OK)).GetProperty("user").Text("id");
        var adminToken = (await http.PostAsync("/auth/login", new { email = "admin@example.com", password = IdentityApplication.Password }, HttpStatusCode.OK)).Text("accessToken");
        var admin = new IdentityClient(application.GrpcOfToken(adminToken));
        var service = new IdentityClient(application.GrpcOfService("notification"));

        await _nobody.GetUserAsync(new GetUserRequest { Id = ann }).FailsAsync(StatusCode.Unauthenticated);
        await own.GetUserAsync(new GetUserRequest { Id = ann }).FailsAsync(StatusCode.PermissionDenied);
        await own.GetUserAsync(new GetUserRequest { Id = "ann" }).FailsAsync(StatusCode.NotFound);
        await own.UpdateUserAsync(new UpdateUserRequest { Id = ann, Name = "x" }).FailsAsync(StatusCode.PermissionDenied);
        await admin.UpdateUserAsync(new UpdateUserRequest { Id = ann, Name = "x" }).FailsAsync(StatusCode.PermissionDenied);
        await service.UpdateUserAsync(new UpdateUserRequest { Id = ann, Name = "x" }).FailsAsync(StatusCode.Unauthenticated);
        Assert.Equal("ann@example.com", (await admin.GetUserAsync(new GetUserRequest { Id = ann })).Email);
        Assert.Equal("ann@example.com", (await service.GetUserAsync(new GetUserRequest { Id = ann })).Email);
        await admin.GetUserAsync(new GetUserRequest { Id = Ids.New() }).FailsAsync(StatusCode.NotFound);
    }

    private async Task<string> TokenAsync()
    {
        var email = $"{Ids.New()}@example.com";
        await _nobody.CreateUserAsync(new CreateUserRequest { Email = email, Password = IdentityApplication.Password, Name = "Test" });
        return (await _nobody.AuthenticateAsync(new AuthenticateRequest { Email = email, Password = IdentityApplication.Password })).AccessToken;
    }
}
