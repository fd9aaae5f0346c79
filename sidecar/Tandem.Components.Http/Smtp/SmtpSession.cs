using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http.Smtp;

/// <summary>One conversation with a mail server (RFC 5321): hello, TLS where it can be had, login, and a mail.</summary>
internal sealed class SmtpSession(SmtpOptions options) : IAsyncDisposable
{
    private const int LongestAnswer = 64 * 1024;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[4096];
    private readonly HashSet<string> _extensions = new(StringComparer.OrdinalIgnoreCase);
    private Stream _stream = Stream.Null;
    private int _start;
    private int _end;
    private bool _isSecure;

    /// <summary>Connects, greets, and logs in where the component says who.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _socket.ConnectAsync(options.Host, options.Port, cancellationToken);
        _stream = new NetworkStream(_socket, ownsSocket: true);
        if (options.IsTlsFromTheStart)
        {
            await SecureAsync(cancellationToken);
        }

        await ExpectAsync("the connection", 220, cancellationToken);
        await HelloAsync(cancellationToken);
        if (!_isSecure && _extensions.Contains("STARTTLS"))
        {
            await AskAsync("STARTTLS", "STARTTLS", 220, cancellationToken);
            await SecureAsync(cancellationToken);
            await HelloAsync(cancellationToken);
        }

        if (options.User is { } user)
        {
            await LogInAsync(user, options.Password!, cancellationToken);
        }
    }

    /// <summary>Sends a mail to all its recipients, or to none.</summary>
    public async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        await AskAsync($"MAIL FROM:<{mail.Sender}>", "the sender", 250, cancellationToken);
        foreach (var recipient in mail.Recipients)
        {
            await AskAsync($"RCPT TO:<{recipient}>", $"the recipient {recipient}", 250, cancellationToken, orElse: 251);
        }

        await AskAsync("DATA", "DATA", 354, cancellationToken);
        // A line that begins with a dot would end the mail: it gets a second one, which the server takes away.
        var text = mail.Text.Replace("\r\n.", "\r\n..", StringComparison.Ordinal);
        await WriteAsync($"{text}.", cancellationToken);
        await ExpectAsync("the mail", 250, cancellationToken);
        await WriteAsync("QUIT", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _stream.DisposeAsync();
    }

    private async Task SecureAsync(CancellationToken cancellationToken)
    {
        if (_start != _end)
        {
            throw new BindingException($"the mail server {options.Address} spoke before TLS was there: somebody may be in between");
        }

        var secure = new SslStream(_stream);
        _stream = secure;
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = options.Host,
#pragma warning disable CA5359 // Only where the component says skipTLSVerify.
                    RemoteCertificateValidationCallback = options.SkipTlsVerify ? static (_, _, _, _) => true : null,
#pragma warning restore CA5359
                },
                cancellationToken);
        }
        catch (AuthenticationException exception)
        {
            throw new BindingException($"no TLS with the mail server {options.Address} (field host): {exception.GetBaseException().Message}", exception);
        }

        _isSecure = true;
    }

    private async Task HelloAsync(CancellationToken cancellationToken)
    {
        _extensions.Clear();
        var lines = await AskAsync($"EHLO {Environment.MachineName}", "EHLO", 250, cancellationToken);
        foreach (var line in lines.Skip(1))
        {
            // Some servers write AUTH=PLAIN.
            var words = line.Split([' ', '='], StringSplitOptions.RemoveEmptyEntries);
            _extensions.Add(words[0]);
            if (words[0].Equals("AUTH", StringComparison.OrdinalIgnoreCase))
            {
                _extensions.UnionWith(words.Skip(1).Select(static mechanism => $"AUTH {mechanism}"));
            }
        }
    }

    private async Task LogInAsync(string user, string password, CancellationToken cancellationToken)
    {
        if (!_isSecure && options.Host is not ("localhost" or "127.0.0.1" or "::1"))
        {
            throw new BindingException($"the mail server {options.Address} offers no TLS: user and password are not sent in the open");
        }

        const string Login = "the login (fields user and password)";
        if (_extensions.Contains("AUTH PLAIN"))
        {
            await AskAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", Login, 235, cancellationToken);
        }
        else if (_extensions.Contains("AUTH LOGIN"))
        {
            await AskAsync("AUTH LOGIN", Login, 334, cancellationToken);
            await AskAsync(Base64(user), Login, 334, cancellationToken);
            await AskAsync(Base64(password), Login, 235, cancellationToken);
        }
        else
        {
            throw new BindingException($"the mail server {options.Address} knows neither AUTH PLAIN nor AUTH LOGIN (fields user and password)");
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private async Task<IReadOnlyList<string>> AskAsync(string command, string what, int code, CancellationToken cancellationToken, int? orElse = null)
    {
        await WriteAsync(command, cancellationToken);
        return await ExpectAsync(what, code, cancellationToken, orElse);
    }

    private Task WriteAsync(string line, CancellationToken cancellationToken) => _stream.WriteAsync(Encoding.ASCII.GetBytes($"{line}\r\n"), cancellationToken).AsTask();

    /// <summary>The lines of the next answer, without their codes.</summary>
    private async Task<IReadOnlyList<string>> ExpectAsync(string what, int code, CancellationToken cancellationToken, int? orElse = null)
    {
        var lines = new List<string>();
        var total = 0;
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            total += line.Length;
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), out var answered) || total > LongestAnswer)
            {
                throw new BindingException($"{options.Address} does not speak as a mail server does");
            }

            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length > 3 && line[3] == '-')
            {
                continue;
            }

            return answered == code || answered == orElse
                ? lines
                : throw new BindingException($"the mail server {options.Address} refuses {what}: {answered} {string.Join(' ', lines)}");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = await _stream.ReadAsync(_buffer, cancellationToken);
                if (_end == 0)
                {
                    throw new IOException("the server closed the connection");
                }
            }

            var left = _buffer.AsSpan(_start, _end - _start);
            var at = left.IndexOf((byte)'\n');
            line.Append(Encoding.ASCII.GetString(at < 0 ? left : left[..at]));
            _start = at < 0 ? _end : _start + at + 1;
            if (at >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }

            if (line.Length > LongestAnswer)
            {
                throw new IOException("the server sent a line that does not end");
            }
        }
    }
}
