using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Tandem.Cli.Terminal;

namespace Tandem.Cli.Version;

/// <summary><c>tandem version</c></summary>
internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Shows the versions of the command and of its runtime");
        command.Do(static (result, _) =>
        {
            var output = result.InvocationConfiguration.Output;
            output.WriteLine($"tandem {Text}");
            output.WriteLine($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
            return Task.FromResult(0);
        });
        return command;
    }

    private static string Text => typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
