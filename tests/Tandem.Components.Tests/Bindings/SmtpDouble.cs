using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tandem.Components.Tests.Bindings;

/// <summary>A mail server that keeps what it is given, and says what the test tells it.</summary>
internal sealed class SmtpDouble : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = TestCertificates.ForLocalhost();
    private readonly Task _accepting;

    public SmtpDouble()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>What it can do beside the bare protocol.</summary>
    public string[] Extensions { get; set; } = ["STARTTLS", "AUTH LOGIN PLAIN", "SIZE 1000000"];

    /// <summary>Its answer to a command that begins so, in place of the usual one.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    /// <summary>What it says in the open right behind its answer to STARTTLS, as somebody in between would.</summary>
    public string Injected { get; set; } = "";

    public ConcurrentQueue<ReceivedMail> Mails { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var conversations = new List<Task>();
        try
        {
            while (true)
            {
                conversations.Add(TalkAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            await Task.WhenAll(conversations);
        }
    }

    private async Task TalkAsync(TcpClient client)
    {
        using var closing = client;
        try
        {
            await TalkAsync(client.GetStream());
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The other side has gone.
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var mail = new ReceivedMail();
        var reader = new StreamReader(stream, Encoding.ASCII);
        await SayAsync(stream, "220-welcome\r\n220 here");
        while (await reader.ReadLineAsync(_stop.Token) is { } line)
        {
            if (Answers.FirstOrDefault(answer => line.StartsWith(answer.Key, StringComparison.Ordinal)) is { Key: not null } told)
            {
                await SayAsync(stream, told.Value);
                continue;
            }

            switch (line.Split(' ')[0])
            {
                case "EHLO":
                    var offered = Extensions.Where(extension => extension != "STARTTLS" || !mail.IsSecure).Prepend("hello").ToList();
                    await SayAsync(stream, string.Join("\r\n", offered.Select((extension, index) => $"250{(index == offered.Count - 1 ? ' ' : '-')}{extension}")));
                    break;
                case "STARTTLS":
                    await SayAsync(stream, $"220 go{(Injected.Length > 0 ? $"\r\n{Injected}" : "")}");
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(_certificate);
                    stream = secure;
                    reader = new StreamReader(stream, Encoding.ASCII);
                    mail = new ReceivedMail { IsSecure = true };
                    break;
                case "AUTH" when line == "AUTH LOGIN":
                    await SayAsync(stream, "334 VXNlcm5hbWU6");
                    var user = Decode((await reader.ReadLineAsync(_stop.Token))!);
                    await SayAsync(stream, "334 UGFzc3dvcmQ6");
                    mail = mail with { Login = $"LOGIN {user} {Decode((await reader.ReadLineAsync(_stop.Token))!)}" };
                    await SayAsync(stream, "235 welcome");
                    break;
                case "AUTH":
                    mail = mail with { Login = $"PLAIN {Decode(line["AUTH PLAIN ".Length..]).Replace('\0', ' ').Trim()}" };
                    await SayAsync(stream, "235 welcome");
                    break;
                case "MAIL":
                    mail = mail with { Sender = line["MAIL FROM:".Length..] };
                    await SayAsync(stream, "250 ok");
                    break;
                case "RCPT":
                    mail = mail with { Recipients = [.. mail.Recipients, line["RCPT TO:".Length..]] };
                    await SayAsync(stream, "250 ok");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on");
                    mail = mail with { Text = await ReadTextAsync(reader) };
                    Mails.Enqueue(mail);
                    await SayAsync(stream, "250 kept");
                    break;
                case "QUIT":
                    return;
                default:
                    await SayAsync(stream, "502 what?");
                    break;
            }
        }
    }

    private async Task<string> ReadTextAsync(StreamReader reader)
    {
        var text = new StringBuilder();
        while (await reader.ReadLineAsync(_stop.Token) is { } line && line != ".")
        {
            text.Append(line.StartsWith('.') ? line[1..] : line).Append('\n');
        }

        return text.ToString();
    }

    private static string Decode(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private Task SayAsync(Stream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), _stop.Token).AsTask();
}

/// <summary>What the server was given.</summary>
internal sealed record ReceivedMail
{
    public bool IsSecure { get; init; }

    public string Login { get; init; } = "";

    public string Sender { get; init; } = "";

    public IReadOnlyList<string> Recipients { get; init; } = [];

    public string Text { get; init; } = "";

    /// <summary>The headers, unfolded.</summary>
    public IReadOnlyDictionary<string, string> Headers
        => Text[..Text.IndexOf("\n\n", StringComparison.Ordinal)].Replace("\n ", " ", StringComparison.Ordinal).Split('\n')
            .Select(static line => line.Split(": ", 2)).ToDictionary(static parts => parts[0], static parts => parts[1]);

    public string Body => Encoding.UTF8.GetString(Convert.FromBase64String(Text[(Text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]));
}
