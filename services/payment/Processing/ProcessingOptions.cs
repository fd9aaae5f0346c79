using System.ComponentModel.DataAnnotations;

namespace Tandem.Payment;

/// <summary>How patient the processor is with the provider; section <c>Processing</c>.</summary>
internal sealed class ProcessingOptions
{
    /// <summary>How often the provider is asked before the caller is told to come back later.</summary>
    [Range(1, 20)]
    public int Attempts { get; set; } = 5;

    /// <summary>How long one answer of the provider is waited for.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The wait after the first failure; it doubles with each.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often what was left unfinished is taken up again, besides at start.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ResumeInterval { get; set; } = TimeSpan.FromSeconds(15);
}
