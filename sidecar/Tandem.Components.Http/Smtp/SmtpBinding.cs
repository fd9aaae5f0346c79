using System.Net.Sockets;
using Tandem.Components.Bindings;

namespace Tandem.Components.Http.Smtp;

/// <summary><c>bindings.smtp</c>: sends mails.</summary>
internal sealed class SmtpBinding(SmtpOptions options, TimeProvider timeProvider) : IOutputBinding
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public IReadOnlyList<string> Operations { get; } = ["create"];

    public static SmtpBinding Create(ComponentContext context) => new(SmtpOptions.Parse(context.Metadata), context.TimeProvider);

    /// <inheritdoc/>
    public async ValueTask<BindingResponse?> InvokeAsync(BindingRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation is not "create")
        {
            throw new BindingException($"operation '{request.Operation}' is not one of bindings.smtp: {string.Join(", ", Operations)}");
        }

        var fields = MailFields.Read(options.Mail, name => request.Metadata.TryGetValue(name, out var value) && value.Length > 0 ? value : null);
        var mail = Mail.Write(fields, request.Unquoted().Span, timeProvider.GetUtcNow());
        using var timeout = new CancellationTokenSource(Patience, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await using var session = new SmtpSession(options);
            await session.OpenAsync(either.Token);
            await session.SendAsync(mail, either.Token);
            return null;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BindingException($"the mail server {options.Address} did not take the mail within {Patience.TotalSeconds:0} s", exception);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            throw new BindingException($"the mail server {options.Address} cannot be reached: {exception.GetBaseException().Message}", exception);
        }
    }
}
