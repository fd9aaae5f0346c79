using System.Numerics;

namespace Tandem.Runtime.Metrics;

/// <summary>
/// What is counted often is counted in stripes: a core adds in cells that no other core writes at that time, so that counting costs a few
/// nanoseconds however many cores do it. Reading adds the stripes up.
/// </summary>
internal static class Stripes
{
    /// <summary>Cells of one cache line.</summary>
    public const int Line = 8;

    /// <summary>How many stripes there are: a power of two.</summary>
    public static readonly int Count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(Environment.ProcessorCount, 1, 8));

    /// <summary>The stripe of the core that asks.</summary>
    public static int Current => Thread.GetCurrentProcessorId() & (Count - 1);

    /// <summary>Cells for a stripe of so many values, so that no two stripes share a cache line.</summary>
    public static int RowOf(int values) => (values + (2 * Line) - 1) / Line * Line;
}
