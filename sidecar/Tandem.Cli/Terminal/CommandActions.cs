using System.CommandLine;

namespace Tandem.Cli.Terminal;

/// <summary>How a command's work is run: what it cannot do is one line on the error output and exit code 1.</summary>
internal static class CommandActions
{
    public static void Do(this Command command, Func<ParseResult, CancellationToken, Task<int>> work)
        => command.SetAction(async (result, cancellationToken) =>
        {
            try
            {
                return await work(result, cancellationToken);
            }
            catch (CommandFailedException e)
            {
                await result.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                return 1;
            }
        });
}
