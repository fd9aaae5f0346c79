using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Tandem.ServiceDefaults;
using Tandem.Services.Tests.Defaults;

namespace Tandem.Services.Tests.Grpc;

/// <summary>gRPC clients of a service in memory, by who calls.</summary>
internal static class GrpcClients
{
    private const string AppToken = "the-app-token-of-these-tests";

    public static CallInvoker GrpcOfNobody<TEntry>(this ServiceApplication<TEntry> application)
        where TEntry : class
        => GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = application.Server.CreateHandler() }).CreateCallInvoker();

    public static CallInvoker GrpcOfUser<TEntry>(this ServiceApplication<TEntry> application, string userId, params string[] roles)
        where TEntry : class
        => application.GrpcOfToken(TestTokens.Create(userId, roles));

    public static CallInvoker GrpcOfAdmin<TEntry>(this ServiceApplication<TEntry> application)
        where TEntry : class
        => application.GrpcOfUser(Ids.New(), TandemClaims.AdminRole);

    public static CallInvoker GrpcOfToken<TEntry>(this ServiceApplication<TEntry> application, string token)
        where TEntry : class
        => application.GrpcOfNobody().With("authorization", $"Bearer {token}");

    /// <summary>Another service, whose call the sidecars proxied.</summary>
    public static CallInvoker GrpcOfService<TEntry>(this ServiceApplication<TEntry> application, string appId)
        where TEntry : class
        => application.GrpcOfNobody().With("dapr-api-token", AppToken).With("dapr-caller-app-id", appId);

    public static CallInvoker With(this CallInvoker invoker, string key, string value) => invoker.Intercept(metadata =>
    {
        metadata.Add(key, value);
        return metadata;
    });

    /// <summary>The status that the call ends with, which must be this one, and its details.</summary>
    public static async Task<global::Google.Rpc.Status> FailsAsync<T>(this AsyncUnaryCall<T> call, StatusCode expected)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.True(exception.StatusCode == expected, $"Expected {expected}, got {exception.Status}");
        var status = exception.GetRpcStatus();
        Assert.NotNull(status);
        Assert.Equal((int)expected, status.Code);
        Assert.Equal(exception.Status.Detail, status.Message);
        Assert.Equal("tandem", status.GetDetail<global::Google.Rpc.ErrorInfo>()?.Domain);
        return status;
    }

    /// <summary>The fields that INVALID_ARGUMENT names.</summary>
    public static async Task<string[]> WrongFieldsAsync<T>(this AsyncUnaryCall<T> call)
    {
        var status = await call.FailsAsync(StatusCode.InvalidArgument);
        return [.. status.GetDetail<global::Google.Rpc.BadRequest>()!.FieldViolations.Select(static violation => violation.Field).Distinct()];
    }
}
