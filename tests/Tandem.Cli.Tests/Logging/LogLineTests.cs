using System.Text;
using Microsoft.Extensions.Logging;
using Tandem.Cli.Logging;

namespace Tandem.Cli.Tests.Logging;

public sealed class LogLineTests
{
    private static readonly DateTimeOffset Time = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a-b.c_d/e@f^g+h", "a-b.c_d/e@f^g+h")]
    [InlineData("", "")]
    [InlineData("two words", "\"two words\"")]
    [InlineData("k=v", "\"k=v\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("C:\\x", "\"C:\\\\x\"")]
    [InlineData("a\tb\nc\rd", "\"a\\tb\\nc\\rd\"")]
    [InlineData("bell\a\u001b\u007f", "\"bell\\a\\x1b\\x7f\"")]
    [InlineData("größer", "\"größer\"")]
    [InlineData("no\u00a0break", "\"no\\u00a0break\"")]
    public void ToText_Message_IsQuotedAsGoQuotes(string message, string expected)
        => Assert.Equal(
            $"time=\"2030-01-02T03:04:05.0000000Z\" level=info msg={expected} a=1 b=2\n",
            Encoding.UTF8.GetString(LogLine.ToText(Time, LogLevel.Information, message, [new("b", "2"), new("a", 1)])));

    [Fact]
    public void ToJson_Fields_AreSortedAndNumbersStayNumbers()
        => Assert.Equal(
            """{"app_id":"one","code":200,"level":"warning","msg":"say \"hi\"","time":"2030-01-02T03:04:05.0000000Z"}""" + "\n",
            Encoding.UTF8.GetString(LogLine.ToJson(Time, LogLevel.Warning, "say \"hi\"", [new("code", 200), new("app_id", "one")])));

    [Fact]
    public void FieldsOf_Template_GivesWhatItDoesNotShow()
        => Assert.Equal(
            [new("code", 200)],
            LogLine.FieldsOf<IReadOnlyList<KeyValuePair<string, object?>>>([new("Name", "x"), new("code", 200), new("{OriginalFormat}", "hello {Name}")]));
}
