/// <summary>The body of everything here: these assemblies are compiled against and never run.</summary>
internal static class Signature
{
    public static Exception Only => new NotSupportedException("This is a signature of an official package, and has no body.");
}
