using System.CommandLine;
using System.Net.Http.Headers;
using Tandem.Cli.Runs;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Invoke;

/// <summary><c>tandem invoke</c>: calls a method of a running app through its sidecar.</summary>
internal static class InvokeCommand
{
    private static readonly Option<string> AppId = new("--app-id", "-a") { Description = "The app to call", Required = true };
    private static readonly Option<string> Method = new("--method", "-m") { Description = "The method: a path of the app", Required = true };
    private static readonly Option<string> Data = new("--data", "-d") { Description = "The body, JSON in most cases" };
    private static readonly Option<string> DataFile = new("--data-file", "-f") { Description = "A file with the body" };
    private static readonly Option<string> Verb = new("--verb", "-v") { Description = "The HTTP verb", DefaultValueFactory = _ => "POST" };

    public static Command Create()
    {
        var command = new Command("invoke", "Calls a method of a running app") { AppId, Method, Data, DataFile, Verb };
        command.Do(InvokeAsync);
        return command;
    }

    private static async Task<int> InvokeAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var appId = result.GetValue(AppId)!;
        var method = result.GetValue(Method)!.TrimStart('/');
        using var request = new HttpRequestMessage(
            new HttpMethod(result.GetValue(Verb)!.ToUpperInvariant()),
            new Uri($"invoke/{Uri.EscapeDataString(appId)}/method/{method}", UriKind.Relative));
        if (SidecarClient.ReadData(result.GetValue(Data), result.GetValue(DataFile)) is { Length: > 0 } data)
        {
            request.Content = new ByteArrayContent(data) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        var configuration = result.InvocationConfiguration;
        return await SidecarClient.SendAsync(appId, request, configuration.Output, configuration.Error, cancellationToken);
    }
}
