namespace Tandem.Cli.Terminal;

/// <summary>The escape sequences that the console shows.</summary>
internal static class Colors
{
    public const string Reset = "\e[0m";
    public const string Red = "\e[31m";
    public const string Green = "\e[32m";
    public const string Yellow = "\e[33m";

    private static readonly string[] Palette =
        ["\e[36m", "\e[35m", "\e[34m", "\e[33m", "\e[32m", "\e[96m", "\e[95m", "\e[94m", "\e[93m", "\e[92m"];

    /// <summary>The color of the app with that place in the run file.</summary>
    public static string OfApp(int index) => Palette[index % Palette.Length];
}
