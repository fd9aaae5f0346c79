using System.Security.Cryptography;
using System.Text;
using Dapr;
using Dapr.Client;
using Microsoft.Extensions.Options;

namespace Tandem.Identity.Tokens;

/// <summary>
/// Where the secret comes from that private keys are encrypted with. Several instances, or a database on another machine, need one of the secret
/// store (SIGNING_KEYS_SECRET); on one machine it is made at the first start, in a file that only this user may read, so that a copy of the
/// database alone signs nothing.
/// </summary>
internal sealed partial class KeySecret(IOptions<KeyOptions> options, DaprClient dapr, IConfiguration configuration, TimeProvider time, ILogger<KeySecret> logger)
{
    private const string SecretStore = "secretstore";
    private const string FileName = "identity-keys.secret";
    private const int Shortest = 32;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Where it is, for people.</summary>
    public string Place => options.Value.Secret is { } name ? $"the secret {name}" : $"the file {Path}";

    private string Path => System.IO.Path.Combine(
        configuration["TANDEM_DATA_DIR"] is { Length: > 0 } directory ? System.IO.Path.GetFullPath(directory) : Directory.GetCurrentDirectory(), FileName);

    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        var text = options.Value.Secret is { } name ? await AskAsync(name, cancellationToken) : await OpenFileAsync(cancellationToken);
        return text.Trim() is { Length: >= Shortest } secret
            ? Encoding.UTF8.GetBytes(secret)
            : throw new InvalidOperationException($"What signing keys are encrypted with is too short: {Place} needs at least {Shortest} characters, such as those of `openssl rand -base64 32`.");
    }

    /// <summary>Asks until the sidecar answers: it may start after us.</summary>
    private async Task<string> AskAsync(string name, CancellationToken cancellationToken)
    {
        for (var said = false; ; said = true)
        {
            try
            {
                var secret = await dapr.GetSecretAsync(SecretStore, name, cancellationToken: cancellationToken);
                return secret.GetValueOrDefault(name) ?? secret.Values.FirstOrDefault() ?? "";
            }
            catch (Exception exception) when (exception is DaprException or HttpRequestException or TimeoutException)
            {
                if (!said)
                {
                    Log.Waiting(logger, name, exception.InnerException?.Message ?? exception.Message);
                }

                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<string> OpenFileAsync(CancellationToken cancellationToken)
    {
        var path = Path;
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            await MakeAsync(path, cancellationToken);
        }

        return await File.ReadAllTextAsync(path, cancellationToken);
    }

    /// <summary>Whole or not at all, and on disk before a key is encrypted with it; whoever is first makes it for all.</summary>
    private static async Task MakeAsync(string path, CancellationToken cancellationToken)
    {
        var draft = $"{path}.{Guid.NewGuid():N}";
        var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new FileStream(draft, settings))
        {
            await file.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Shortest))), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5211, LogLevel.Warning, "Waiting for the secret {Name}, which signing keys are encrypted with: {Reason}")]
        public static partial void Waiting(ILogger logger, string name, string reason);
    }
}
