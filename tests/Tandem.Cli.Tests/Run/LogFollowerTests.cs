using Tandem.Cli.Logs;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class LogFollowerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1\n2\n3\n", null, "1\n2\n3\n")]
    [InlineData("1\n2\n3\n", 2, "2\n3\n")]
    [InlineData("1\n2\n3", 2, "2\n3")]
    [InlineData("1\n2\n3\n", 3, "1\n2\n3\n")]
    [InlineData("1\n2\n3\n", 9, "1\n2\n3\n")]
    [InlineData("1\n2\n3\n", 0, "")]
    [InlineData("", 2, "")]
    public void WriteTail_Lines_AreTheLastOnes(string content, int? count, string expected)
        => Assert.Equal(expected, Tail(content, count));

    [Fact]
    public void WriteTail_LongFile_ReadsItsEnd()
    {
        var lines = Enumerable.Range(0, 50_000).Select(static number => $"line {number}").ToList();

        Assert.Equal(string.Concat(lines[^20_000..].Select(static line => $"{line}\n")), Tail(string.Concat(lines.Select(static line => $"{line}\n")), 20_000));
    }

    [Fact]
    public async Task FollowAsync_FileStartsAnew_IsReadFromItsBeginning()
    {
        var output = new StringWriter();
        await File.WriteAllTextAsync(_folder["app.log"], "a long first life\n");
        var follower = new LogFollower(_folder["app.log"], output);
        follower.WriteTail(null);
        await File.WriteAllTextAsync(_folder["app.log"], "second\n");

        await follower.FollowAsync(static () => false, CancellationToken.None).WithinAsync();

        Assert.Equal("a long first life\nsecond\n", output.ToString());
    }

    private string Tail(string content, int? count)
    {
        var output = new StringWriter();
        File.WriteAllText(_folder["app.log"], content);
        new LogFollower(_folder["app.log"], output).WriteTail(count);
        return output.ToString();
    }
}
