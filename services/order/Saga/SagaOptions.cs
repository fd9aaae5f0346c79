using System.ComponentModel.DataAnnotations;

namespace Tandem.Order;

/// <summary>How the orders' sagas are run; section <c>Saga</c>.</summary>
internal sealed class SagaOptions
{
    /// <summary>How many orders one process works on at once.</summary>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 8;

    /// <summary>How long other processes leave an order alone that this one works on; longer than any step takes.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long one step may take before it counts as failed and is done again; half the lease at most, so that the lease outlasts it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:30:00")]
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a step may fail, or lie untouched, before its saga counts as stuck.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long shipping may say nothing of a paid order before it is told of it again; each further time twice as long, up to 32 times.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan ShipmentPatience { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often orders are looked for that nobody works on any more.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The name under which this process holds orders. The same after a restart, so that it finds its own again at once.</summary>
    [Required]
    public string Owner { get; set; } = Environment.MachineName;
}
