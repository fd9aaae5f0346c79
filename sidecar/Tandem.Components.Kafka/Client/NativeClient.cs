using System.Reflection;
using System.Runtime.InteropServices;

namespace Tandem.Components.Kafka.Client;

/// <summary>
/// The native library that does the talking. The package asks for it under the name that its own native package uses; here it is the
/// system's, which has a version in its name.
/// </summary>
internal static class NativeClient
{
    private static readonly string[] Names = ["librdkafka.so.1", "librdkafka.1.dylib", "librdkafka.dylib", "librdkafka.so", "librdkafka"];

    private static readonly Lazy<IntPtr> Loaded = new(static () =>
    {
        NativeLibrary.SetDllImportResolver(typeof(Confluent.Kafka.Library).Assembly, Resolve);
        return Find();
    });

    /// <summary>Fails with a message for people when the library is not there.</summary>
    public static void EnsureIsThere()
    {
        if (Loaded.Value == IntPtr.Zero)
        {
            throw new DllNotFoundException(
                "the Kafka client library librdkafka is not installed; install it with `apt-get install librdkafka1` (Debian, Ubuntu), `dnf install librdkafka` (Fedora) or `brew install librdkafka` (macOS)");
        }
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
        => name.Contains("librdkafka", StringComparison.Ordinal) ? Loaded.Value : IntPtr.Zero;

    private static IntPtr Find()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library))
            {
                return library;
            }
        }

        return IntPtr.Zero;
    }
}
