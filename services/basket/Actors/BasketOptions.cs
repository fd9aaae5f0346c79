using System.ComponentModel.DataAnnotations;

namespace Tandem.Basket;

/// <summary>When a basket that nobody touches is given up; section <c>Basket</c>.</summary>
public sealed class BasketOptions
{
    /// <summary>How long after its last change a basket counts as abandoned.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "365.00:00:00")]
    public TimeSpan AbandonedAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long after its last change a basket is emptied.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "365.00:00:00")]
    public TimeSpan EmptiedAfter { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often the publishing of an event is tried again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan PublishRetry { get; set; } = TimeSpan.FromSeconds(15);
}
