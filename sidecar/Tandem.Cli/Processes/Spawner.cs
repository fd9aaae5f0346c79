using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tandem.Cli.Processes;

/// <summary>What a child process is started with.</summary>
internal sealed record SpawnRequest
{
    /// <summary>The full path of the executable.</summary>
    public required string Executable { get; init; }

    /// <summary>All arguments, the command's own name first.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The whole environment; nothing is inherited.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The working directory.</summary>
    public required string Directory { get; init; }

    /// <summary>The descriptor that becomes its input; <see langword="null"/> is an empty one.</summary>
    public int? Input { get; init; }

    /// <summary>The descriptor that becomes its output and error output; <see langword="null"/> throws both away.</summary>
    public int? Output { get; init; }
}

/// <summary>
/// Starts a child as the leader of a process group of its own, so that Ctrl-C at the terminal reaches only this process, which then
/// stops the apps in order, and so that a signal to the group reaches what the child has started. The framework's Process cannot.
/// </summary>
internal static class Spawner
{
    // More than the largest of these structures on any of the systems (336 bytes); on macOS each is a single pointer.
    private const int StructureSize = 1024;
    private const int Signals = 31;

    public static int Start(SpawnRequest request)
    {
        var memory = Marshal.AllocHGlobal(3 * StructureSize);
        try
        {
            return Start(request, memory, memory + StructureSize, memory + (2 * StructureSize));
        }
        finally
        {
            Marshal.FreeHGlobal(memory);
        }
    }

    private static int Start(SpawnRequest request, nint actions, nint attributes, nint signals)
    {
        Check(LibC.ActionsInit(actions), request);
        Check(LibC.AttributesInit(attributes), request);
        try
        {
            DescribeFiles(request, actions);
            DescribeAttributes(request, attributes, signals);
            var environment = request.Environment.Select(static pair => $"{pair.Key}={pair.Value}");
            Check(
                LibC.Spawn(out var pid, request.Executable, actions, attributes, [.. request.Arguments, null], [.. environment, null]),
                request);
            return pid;
        }
        finally
        {
            _ = LibC.ActionsDestroy(actions);
            _ = LibC.AttributesDestroy(attributes);
        }
    }

    private static void DescribeFiles(SpawnRequest request, nint actions)
    {
        Check(LibC.ActionsAddChangeDirectory(actions, request.Directory), request);
        Check(
            request.Input is { } input
                ? LibC.ActionsAddDuplicate(actions, input, 0)
                : LibC.ActionsAddOpen(actions, 0, "/dev/null", LibC.ReadOnly, 0),
            request);
        for (var target = 1; target <= 2; target++)
        {
            Check(
                request.Output is { } output
                    ? LibC.ActionsAddDuplicate(actions, output, target)
                    : LibC.ActionsAddOpen(actions, target, "/dev/null", LibC.WriteOnly, 0),
                request);
        }
    }

    private static void DescribeAttributes(SpawnRequest request, nint attributes, nint signals)
    {
        Check(LibC.AttributesSetFlags(attributes, LibC.SpawnSetGroup | LibC.SpawnSetSignalDefaults | LibC.SpawnSetSignalMask), request);
        Check(LibC.AttributesSetGroup(attributes, 0), request);
        _ = LibC.SignalsEmpty(signals);
        Check(LibC.AttributesSetSignalMask(attributes, signals), request);

        // The runtime ignores SIGPIPE and a shell in the background ignores SIGINT: a child must inherit neither.
        for (var signal = 1; signal <= Signals; signal++)
        {
            if (signal is not (LibC.SigKill or LibC.SigStop))
            {
                _ = LibC.SignalsAdd(signals, signal);
            }
        }

        Check(LibC.AttributesSetSignalDefaults(attributes, signals), request);
    }

    private static void Check(int error, SpawnRequest request)
    {
        if (error != 0)
        {
            throw new SpawnException($"'{request.Executable}' cannot be started: {new Win32Exception(error).Message}");
        }
    }
}

/// <summary>A child could not be started; the message says which and why.</summary>
internal sealed class SpawnException(string message) : Exception(message);
