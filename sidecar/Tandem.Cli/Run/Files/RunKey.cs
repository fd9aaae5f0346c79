namespace Tandem.Cli.Run.Files;

/// <summary>One key of the run file and, where there is one, the flag of <c>tandem run</c> that says the same.</summary>
/// <param name="Name">The key as Dapr writes it.</param>
/// <param name="Kind">What its value is.</param>
/// <param name="Flag">The flag, such as <c>--app-id</c>.</param>
/// <param name="Short">The flag's short form.</param>
/// <param name="Help">What it means, for the help page.</param>
/// <param name="Choices">The values that <see cref="RunValueKind.Choice"/> takes.</param>
internal sealed record RunKey(
    string Name,
    RunValueKind Kind,
    string? Flag = null,
    string? Short = null,
    string Help = "",
    params string[] Choices);

/// <summary>What the value of a key is, and so how it is read.</summary>
internal enum RunValueKind
{
    /// <summary>A <see cref="string"/> as it stands.</summary>
    Text,

    /// <summary>A <see cref="string"/>: a full path; relative ones are relative to the run file.</summary>
    Path,

    /// <summary>A list of paths, or one text with commas.</summary>
    PathList,

    /// <summary>A list of texts, or one text with commas.</summary>
    TextList,

    /// <summary>An <see cref="int"/> from 1 to 65535; 0 and -1 say "choose one".</summary>
    Port,

    /// <summary>An <see cref="int"/>.</summary>
    Number,

    /// <summary>A <see cref="long"/> number of bytes, with units: <c>4Mi</c>.</summary>
    Size,

    /// <summary>A <see cref="bool"/>.</summary>
    Switch,

    /// <summary>One of the key's choices.</summary>
    Choice,

    /// <summary>A list of texts that is taken as it is: the command and its arguments.</summary>
    Command,

    /// <summary>A mapping of names to texts.</summary>
    Environment,
}
