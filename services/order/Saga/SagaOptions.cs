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

    /// <summary>How often orders are looked for that nobody works on any more.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The name under which this process holds orders. The same after a restart, so that it finds its own again at once.</summary>
    [Required]
    public string Owner { get; set; } = Environment.MachineName;
}
