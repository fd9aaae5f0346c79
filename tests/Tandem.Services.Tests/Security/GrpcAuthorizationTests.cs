using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Services.Tests.Grpc;

namespace Tandem.Services.Tests.Security;

/// <summary>What <see cref="ObjectLevelAuthorizationTests"/> says of routes, of the methods of gRPC.</summary>
[Collection(nameof(SecuredMesh))]
public sealed class GrpcAuthorizationTests(SecuredMesh mesh)
{
    private static readonly string[] Open =
    [
        "/tandem.identity.v1.Identity/Authenticate", "/tandem.identity.v1.Identity/CreateUser",
        "/tandem.product.v1.ProductService/GetProduct", "/tandem.product.v1.ProductService/GetProducts",
    ];

    [Theory]
    [MemberData(nameof(SecuredMesh.GrpcNames), MemberType = typeof(SecuredMesh))]
    public async Task EveryMethod_WithAnotherUsersIds_IsDenied(string name)
        => Assert.Empty(await ThoseNotEndingWithAsync(mesh[name], mesh[name].StrangerToken, StatusCode.PermissionDenied));

    [Theory]
    [MemberData(nameof(SecuredMesh.GrpcNames), MemberType = typeof(SecuredMesh))]
    public async Task EveryMethod_WithoutAUser_IsUnauthenticated(string name)
        => Assert.Empty(await ThoseNotEndingWithAsync(mesh[name], token: null, StatusCode.Unauthenticated));

    [Theory]
    [MemberData(nameof(SecuredMesh.GrpcNames), MemberType = typeof(SecuredMesh))]
    public async Task EveryMethod_WithAForgedToken_IsUnauthenticated(string name)
    {
        foreach (var (what, token) in ForgedTokens.Of(mesh[name].Credentials).Where(static forged => forged.Token.Length < 8000))
        {
            var others = await ThoseNotEndingWithAsync(mesh[name], token, StatusCode.Unauthenticated);
            Assert.True(others.Length == 0, $"{what}: {string.Join(", ", others)}");
        }
    }

    private static async Task<string[]> ThoseNotEndingWithAsync(SecuredService service, string? token, StatusCode expected)
    {
        using var channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = service.CreateHandler() });
        var invoker = token is null ? channel.CreateCallInvoker() : channel.CreateCallInvoker().With("authorization", $"Bearer {token}");
        var methods = MethodsOf(service);
        List<string> others = [];
        foreach (var method in methods)
        {
            var ended = await (Task<StatusCode>)Call.MakeGenericMethod(method.GetType().GetGenericArguments()).Invoke(null, [invoker, method, service])!;
            if (ended != expected)
            {
                others.Add($"{method.FullName}: {ended}");
            }
        }

        Assert.NotEmpty(methods);
        return [.. others];
    }

    private static readonly MethodInfo Call = typeof(GrpcAuthorizationTests).GetMethod(nameof(CallAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static List<IMethod> MethodsOf(SecuredService service)
        => [.. service.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(static endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is { Method.ServiceName: var owner } && owner.StartsWith("tandem.", StringComparison.Ordinal))
            .Where(static endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null || !Open.Contains(endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method.FullName))
            .Select(static endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()!.Method)];

    private static async Task<StatusCode> CallAsync<TRequest, TResponse>(CallInvoker invoker, Method<TRequest, TResponse> method, SecuredService service)
        where TRequest : class, new()
        where TResponse : class
    {
        var request = new TRequest();
        Fill((IMessage)request, service);
        try
        {
            using var call = invoker.AsyncUnaryCall(method, null, new CallOptions(deadline: DateTime.UtcNow.AddSeconds(20)), request);
            await call.ResponseAsync;
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    /// <summary>Valid in everything but whose it is.</summary>
    private static void Fill(IMessage message, SecuredService service)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(static field => !field.IsMap && field.Name is not ("order_id" or "basket_id")))
        {
            if (field.FieldType == FieldType.Message && field.MessageType.File.Package != message.Descriptor.File.Package && field.MessageType.Name != "Money")
            {
                continue;
            }

            if (field.IsRepeated)
            {
                if (field.FieldType == FieldType.Message)
                {
                    ((System.Collections.IList)field.Accessor.GetValue(message)).Add(ValueOf(field, service));
                }

                continue;
            }

            field.Accessor.SetValue(message, ValueOf(field, service));
        }
    }

    private static object ValueOf(FieldDescriptor field, SecuredService service)
    {
        switch (field.FieldType)
        {
            case FieldType.Message:
                var inner = field.MessageType.Parser.ParseFrom(ByteString.Empty);
                Fill(inner, service);
                return inner;
            case FieldType.String:
                return field.Name switch
                {
                    "user_id" => service.Owner,
                    "id" => service.OwnersId,
                    "method" or "type" => "card",
                    "token" => "tok_visa",
                    "currency" => "USD",
                    "email" => "somebody@example.com",
                    "phone" => "+1 555 0100",
                    "image_url" => "/pictures/1",
                    _ => "text",
                };
            case FieldType.Enum:
                return field.EnumType.Values.Count > 1 ? field.EnumType.Values[1].Number : 0;
            case FieldType.Int64 or FieldType.UInt64 or FieldType.SInt64:
                return field.Name == "nanos" ? 0L : 5L;
            case FieldType.Bool:
                return true;
            default:
                return field.Name == "nanos" ? 0 : 1;
        }
    }
}
