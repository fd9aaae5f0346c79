using System.Threading.Channels;
using Tandem.Cli.Run.Planning;
using Tandem.Cli.Run.Watching;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Run;

public sealed class WatchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Program.cs", false)]
    [InlineData("Orders/Order.cs", false)]
    [InlineData(".env", false)]
    [InlineData("bin/Release/app.dll", true)]
    [InlineData("Orders/obj/project.assets.json", true)]
    [InlineData("node_modules/express/index.js", true)]
    [InlineData("node_modules", true)]
    [InlineData(".git/index", true)]
    [InlineData(".git", true)]
    [InlineData(".tandem/data/app.db", true)]
    [InlineData("data/app.db-wal", true)]
    [InlineData("app.log", true)]
    [InlineData("Program.cs~", true)]
    public void IsIgnored_Path_TellsSourceFromTheRest(string path, bool expected)
        => Assert.Equal(expected, WatchFilter.IsIgnored(path));

    [Fact]
    public async Task FileWatch_BurstOfChanges_IsSaidOnce()
    {
        var time = new ManualTimeProvider();
        var changes = Channel.CreateUnbounded<string>();
        using var watch = new FileWatch(_folder.Path, time, change => changes.Writer.TryWrite(change));

        for (var number = 0; number < 10; number++)
        {
            await File.WriteAllTextAsync(_folder[$"file{number}.txt"], "text");
        }

        await time.WaitForTimerAsync().WithinAsync();
        Assert.False(changes.Reader.TryRead(out _));
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains(".txt", await changes.Reader.ReadAsync().WithinAsync(), StringComparison.Ordinal);
        Assert.False(changes.Reader.TryRead(out _));
    }

    [Fact]
    public void Of_CommandThatRunsABuiltFile_WatchesItsFolderToo()
    {
        Directory.CreateDirectory(_folder["app"]);
        Directory.CreateDirectory(_folder["built"]);
        File.WriteAllText(_folder["built/app.dll"], "");
        File.WriteAllText(_folder["app/main.mjs"], "");

        Assert.Equal([_folder["app"], _folder["built"]], WatchedFolders.Of(Command("dotnet", "../built/app.dll", "--urls", "x")));
        Assert.Equal([_folder["app"]], WatchedFolders.Of(Command("node", "main.mjs")));
    }

    private AppCommand Command(params string[] arguments) => new("/bin/true", arguments, _folder["app"], new Dictionary<string, string>());
}
