using System.Globalization;
using System.Text;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Grpc.Server;
using Tandem.Runtime.Tests.Support;

namespace Tandem.Runtime.Tests.Grpc.Support;

/// <summary>A service of texts with a method of each kind, which the sidecar knows nothing of; a test says what they do.</summary>
internal sealed class EchoService
{
    public const string Name = "test.Echo";

    private static readonly Marshaller<string> Text = Marshallers.Create(static text => Encoding.UTF8.GetBytes(text), static bytes => Encoding.UTF8.GetString(bytes));

    public static readonly Method<string, string> Unary = new(MethodType.Unary, Name, "Unary", Text, Text);
    public static readonly Method<string, string> Server = new(MethodType.ServerStreaming, Name, "Server", Text, Text);
    public static readonly Method<string, string> Client = new(MethodType.ClientStreaming, Name, "Client", Text, Text);
    public static readonly Method<string, string> Duplex = new(MethodType.DuplexStreaming, Name, "Duplex", Text, Text);

    public UnaryServerMethod<string, string> OnUnary { get; set; } = static (text, _) => Task.FromResult(text + "!");

    public ServerStreamingServerMethod<string, string> OnServer { get; set; } = static async (text, responses, _) =>
    {
        for (var i = 0; i < int.Parse(text, CultureInfo.InvariantCulture); i++)
        {
            await responses.WriteAsync($"{i}");
        }
    };

    public ClientStreamingServerMethod<string, string> OnClient { get; set; } = static async (requests, _) =>
    {
        var all = new List<string>();
        await foreach (var text in requests.ReadAllAsync())
        {
            all.Add(text);
        }

        return string.Join('+', all);
    };

    public DuplexStreamingServerMethod<string, string> OnDuplex { get; set; } = static async (requests, responses, _) =>
    {
        await foreach (var text in requests.ReadAllAsync())
        {
            await responses.WriteAsync(text + "!");
        }
    };

    /// <summary>An app with the service.</summary>
    public Task<TestApp> StartAppAsync(Action<GrpcDispatcher>? add = null)
    {
        var dispatcher = new GrpcDispatcher(new GrpcServiceOptions { MaxReceiveMessageSize = null, MaxSendMessageSize = null }, NullLoggerFactory.Instance);
        dispatcher.Add(ServerServiceDefinition.CreateBuilder()
            .AddMethod(Unary, (request, context) => OnUnary(request, context))
            .AddMethod(Server, (request, responses, context) => OnServer(request, responses, context))
            .AddMethod(Client, (requests, context) => OnClient(requests, context))
            .AddMethod(Duplex, (requests, responses, context) => OnDuplex(requests, responses, context))
            .Build());
        add?.Invoke(dispatcher);
        return StartAppAsync(dispatcher.HandleAsync);
    }

    /// <summary>An app that speaks HTTP/2 and answers as a test says.</summary>
    public static Task<TestApp> StartAppAsync(RequestDelegate answer) => TestApp.StartAsync(answer, HttpProtocols.Http2, static _ => { });
}
