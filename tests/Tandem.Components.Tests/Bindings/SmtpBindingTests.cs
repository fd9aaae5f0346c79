using Tandem.Components.Bindings;
using Tandem.Components.Metadata;
using Tandem.Testing;

namespace Tandem.Components.Tests.Bindings;

public sealed class SmtpBindingTests : OutputBindingConformance
{
    private readonly SmtpDouble _server = new();

    private protected override BindingRequest CreateRequest => Request("create", "\"hello\"", ("emailTo", "bob@example.com"));

    public override async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    private protected override Task<IOutputBinding> CreateAsync() => Task.FromResult(Start());

    [Fact]
    public async Task Create_SendsOverTlsWithTheLogin()
    {
        await SendAsync(Start(("user", "shop"), ("password", "s3cret")), "<b>Hello</b>", ("emailTo", "bob@example.com"), ("subject", "Your order"));

        var mail = await NextAsync();
        Assert.True(mail.IsSecure);
        Assert.Equal("PLAIN shop s3cret", mail.Login);
        Assert.Equal("<shop@example.com>", mail.Sender);
        Assert.Equal(["<bob@example.com>"], mail.Recipients);
        Assert.Equal("<b>Hello</b>", mail.Body);
        Assert.Equal("Your order", mail.Headers["Subject"]);
        Assert.Equal("shop@example.com", mail.Headers["From"]);
        Assert.Equal("bob@example.com", mail.Headers["To"]);
        Assert.Equal("3", mail.Headers["X-Priority"]);
        Assert.Equal("text/html; charset=UTF-8", mail.Headers["Content-Type"]);
        Assert.Equal("Wed, 02 Jan 2030 03:04:05 +0000", mail.Headers["Date"]);
        Assert.EndsWith("@example.com>", mail.Headers["Message-ID"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_SeveralRecipients_AllGetItAndNobodySeesTheSecretOnes()
    {
        await SendAsync(
            Start(("emailCC", "always@example.com"), ("priority", "5")),
            "x",
            ("emailTo", "Bob <bob@example.com>; ann@example.com"),
            ("emailBCC", "secret@example.com;bob@example.com"),
            ("priority", "1"));

        var mail = await NextAsync();
        Assert.Equal(["<bob@example.com>", "<ann@example.com>", "<always@example.com>", "<secret@example.com>"], mail.Recipients);
        Assert.Equal("Bob <bob@example.com>, ann@example.com", mail.Headers["To"]);
        Assert.Equal("always@example.com", mail.Headers["Cc"]);
        Assert.Equal("1", mail.Headers["X-Priority"]);
        Assert.DoesNotContain("secret", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_TextsOfAllKinds_ArriveWhole()
    {
        var subject = "Grüße – 日本, and a subject that is much longer than one line of a header may be, so that it must be folded";
        await SendAsync(Start(), string.Join("\r\n", Enumerable.Repeat(".a line with a dot – ü", 200)), ("emailTo", "bob@bücher.example"), ("subject", subject));

        var mail = await NextAsync();
        Assert.All(mail.Text.Split('\n'), static line => Assert.InRange(line.Length, 0, 76));
        Assert.Equal(subject, string.Concat(mail.Headers["Subject"].Split(' ').Select(static word => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^2])))));
        Assert.StartsWith(".a line with a dot – ü\r\n.a", mail.Body, StringComparison.Ordinal);
        Assert.Equal(["<bob@xn--bcher-kva.example>"], mail.Recipients);
    }

    [Fact]
    public async Task Create_SubjectWithALineBreak_EndsNoHeader()
    {
        await SendAsync(Start(), "x", ("emailTo", "bob@example.com"), ("subject", "one\r\nBcc: eve@example.com"));
        Assert.DoesNotContain("Bcc", (await NextAsync()).Headers);
    }

    [Theory]
    [InlineData("emailTo", "bob@example.com\r\nRCPT TO:<eve@example.com>")]
    [InlineData("emailTo", "nobody")]
    [InlineData("emailFrom", "a@b c")]
    [InlineData("emailCC", "@example.com")]
    [InlineData("emailTo", "bób@example.com")]
    [InlineData("priority", "6")]
    [InlineData("priority", "high")]
    public async Task Create_FieldThatCannotBeUsed_IsNamedAndNothingSent(string name, string value)
    {
        var metadata = new Dictionary<string, string> { ["emailTo"] = "bob@example.com", [name] = value };
        var fault = await FailsAsync(Start(), [.. metadata.Select(static pair => (pair.Key, pair.Value))]);
        Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public async Task Create_NoRecipientAtAll_SaysSo()
        => Assert.Contains("emailTo", (await FailsAsync(Start())).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Create_ServerKnowsLoginOnly_LogsInSo()
    {
        _server.Extensions = ["STARTTLS", "AUTH=LOGIN"];
        await SendAsync(Start(("user", "shop"), ("password", "s3cret")), "x", ("emailTo", "bob@example.com"));
        Assert.Equal("LOGIN shop s3cret", (await NextAsync()).Login);
    }

    [Theory]
    [InlineData("AUTH PLAIN", "535 5.7.8 bad credentials", "user and password")]
    [InlineData("MAIL FROM", "550 no", "sender")]
    [InlineData("RCPT TO:<eve", "550 5.1.1 unknown", "eve@example.com")]
    [InlineData("EHLO", "421 too busy", "421")]
    [InlineData("EHLO", "nonsense", "mail server")]
    public async Task Create_ServerRefuses_SaysWhatAndNoSecret(string command, string answer, string said)
    {
        _server.Answers[command] = answer;
        var fault = await FailsAsync(Start(("user", "shop"), ("password", "s3cret")), ("emailTo", "bob@example.com;eve@example.com"));
        Assert.Contains(said, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", fault.ToString(), StringComparison.Ordinal);
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public async Task Create_CertificateNotTrusted_IsRefusedUnlessToldOtherwise()
    {
        var fault = await FailsAsync(Start(("skipTLSVerify", "false")), ("emailTo", "bob@example.com"));
        Assert.Contains("TLS", fault.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Mails);
    }

    [Fact]
    public async Task Create_SomebodySpeaksBeforeTls_IsRefused()
    {
        _server.Injected = "250 injected";
        Assert.Contains("in between", (await FailsAsync(Start(), ("emailTo", "bob@example.com"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_NobodyThere_SaysWhere()
        => Assert.Contains("127.0.0.1:1", (await FailsAsync(Start(("port", "1")), ("emailTo", "bob@example.com"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("host", "")]
    [InlineData("port", "0")]
    [InlineData("port", "smtp")]
    [InlineData("user", "alone")]
    [InlineData("password", "alone")]
    [InlineData("priority", "0")]
    [InlineData("skipTLSVerify", "perhaps")]
    public void Start_WrongField_IsNamed(string field, string value)
    {
        var metadata = new Dictionary<string, string> { ["host"] = "127.0.0.1", [field] = value };
        var fault = Assert.Throws<ComponentMetadataException>(() => Contexts.Catalog().Bindings.Create(
            Contexts.Create("bindings.smtp", Folder.Path, null, [.. metadata.Select(static pair => (pair.Key, pair.Value))])));
        Assert.Contains(field, fault.Message, StringComparison.Ordinal);
    }

    private static async Task SendAsync(IOutputBinding binding, string text, params (string Name, string Value)[] metadata)
        => Assert.Null(await binding.InvokeAsync(Request("create", text, metadata), default).AsTask().WithinAsync());

    private static Task<BindingException> FailsAsync(IOutputBinding binding, params (string Name, string Value)[] metadata)
        => Assert.ThrowsAsync<BindingException>(() => binding.InvokeAsync(Request("create", "x", metadata), default).AsTask().WithinAsync());

    private Task<ReceivedMail> NextAsync() => Task.FromResult(_server.Mails.TryDequeue(out var mail) ? mail : throw new InvalidOperationException("no mail came"));

    private IOutputBinding Start(params (string Name, string Value)[] metadata)
    {
        var fields = new Dictionary<string, string>
        {
            ["host"] = "127.0.0.1",
            ["port"] = $"{_server.Port}",
            ["skipTLSVerify"] = "true",
            ["emailFrom"] = "shop@example.com",
            ["subject"] = "News",
        };
        foreach (var (name, value) in metadata)
        {
            fields[name] = value;
        }

        // A clock that stands still: the date is the test's, and no limit of time ends the conversation.
        return (IOutputBinding)Contexts.Catalog().Bindings.Create(
            Contexts.Create("bindings.smtp", Folder.Path, new ManualTimeProvider(), [.. fields.Select(static pair => (pair.Key, pair.Value))]));
    }
}
