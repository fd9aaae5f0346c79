using System.Globalization;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Runs;

/// <summary>Calls the API of a running app's sidecar.</summary>
internal static class SidecarClient
{
    /// <summary>Sends a request whose URI is relative to <c>/v1.0/</c>, prints the answer's body and gives the exit code.</summary>
    public static async Task<int> SendAsync(string appId, HttpRequestMessage request, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var (_, app) = RunStates.FindApp(appId) ?? throw new CommandFailedException($"no running app is called '{appId}'; see: tandem list");
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{app.HttpPort}/v1.0/")) };
        if (Environment.GetEnvironmentVariable("DAPR_API_TOKEN") is { Length: > 0 } token)
        {
            request.Headers.TryAddWithoutValidation("dapr-api-token", token);
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                if (body.Length > 0)
                {
                    await output.WriteLineAsync(body);
                }

                return 0;
            }

            await error.WriteLineAsync($"{appId} answered {(int)response.StatusCode} {response.ReasonPhrase}: {body}");
            return 1;
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailedException($"the sidecar of '{appId}' on port {app.HttpPort} does not answer: {e.Message}");
        }
    }

    /// <summary>The data of a command: given in place, or the content of a file.</summary>
    public static byte[] ReadData(string? data, string? file)
    {
        if (data is not null && file is not null)
        {
            throw new CommandFailedException("--data and --data-file: give one of them");
        }

        try
        {
            return file is null ? System.Text.Encoding.UTF8.GetBytes(data ?? "") : File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException($"--data-file: {e.Message}");
        }
    }
}
