using System.IO.Pipes;
using Tandem.Cli.Processes;
using Tandem.Testing;

namespace Tandem.Cli.Tests.Processes;

public sealed class ChildExitsTests
{
    [Theory]
    [InlineData("exit 0", 0, 0)]
    [InlineData("exit 7", 7, 0)]
    [InlineData("kill -9 $$", 137, 9)]
    [InlineData("kill -15 $$", 143, 15)]
    public async Task Start_ChildEnds_GivesCodeAndSignal(string script, int code, int signal)
    {
        var (_, exited) = ChildExits.Start(Shell(script));

        Assert.Equal(new ExitStatus(code, signal), await exited.WithinAsync());
    }

    [Fact]
    public async Task Start_ManyAtOnce_EachEndIsSeen()
    {
        var children = Enumerable.Range(0, 40).Select(static code => ChildExits.Start(Shell($"exit {code}")).Exited);

        var statuses = await Task.WhenAll(children).WithinAsync();

        Assert.Equal(Enumerable.Range(0, 40), statuses.Select(static status => status.Code));
    }

    [Fact]
    public async Task Start_Child_HasDirectoryEnvironmentOutputAndAGroupOfItsOwn()
    {
        using var folder = new TemporaryFolder();
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var (pid, exited) = ChildExits.Start(Shell("pwd; echo $NAME; ps -o pgid= -p $$ | tr -d ' '; cat; echo error >&2") with
        {
            Directory = folder.Path,
            Environment = new Dictionary<string, string> { ["NAME"] = "a value", ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
            Output = (int)pipe.ClientSafePipeHandle.DangerousGetHandle(),
        });
        pipe.DisposeLocalCopyOfClientHandle();
        using var reader = new StreamReader(pipe);

        Assert.Equal($"{folder.Path}\na value\n{pid}\nerror\n", await reader.ReadToEndAsync().WithinAsync());
        Assert.Equal(0, (await exited.WithinAsync()).Code);
    }

    [Fact]
    public async Task Start_Child_DoesNotInheritIgnoredSignals()
    {
        // The runtime ignores SIGPIPE; a child that did too would outlive its reader.
        var (_, exited) = ChildExits.Start(Shell("kill -13 $$; exit 0"));

        Assert.Equal(13, (await exited.WithinAsync()).Signal);
    }

    [Fact]
    public void Start_NotAnExecutable_SaysWhy()
    {
        var exception = Assert.Throws<SpawnException>(() => ChildExits.Start(Shell("") with { Executable = "/no/such/file" }));

        Assert.Equal("'/no/such/file' cannot be started: No such file or directory", exception.Message);
    }

    private static SpawnRequest Shell(string script) => new()
    {
        Executable = "/bin/sh",
        Arguments = ["sh", "-c", script],
        Environment = new Dictionary<string, string>(),
        Directory = "/",
    };
}
