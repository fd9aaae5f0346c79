namespace Tandem.Runtime.Jobs;

/// <summary>A job as an app asks for it; times and periods as they were written.</summary>
public sealed record JobRequest
{
    /// <summary>A name, which belongs elsewhere (over HTTP into the URL).</summary>
    public string? Name { get; init; }

    /// <summary>When it repeats: cron with five or six fields, <c>@every 10s</c>, <c>@hourly</c> …; <see langword="null"/> for a job that is triggered once.</summary>
    public string? Schedule { get; init; }

    /// <summary>When it is triggered first: a time, or how long from now.</summary>
    public string? DueTime { get; init; }

    /// <summary>When it ends: a time, or how long from its first time.</summary>
    public string? Ttl { get; init; }

    /// <summary>How often it is triggered in all; <see langword="null"/> for ever.</summary>
    public uint? Repeats { get; init; }

    /// <summary>What the app is sent: JSON, or the bytes of the message that <see cref="DataType"/> names.</summary>
    public byte[]? Data { get; init; }

    /// <summary>The type of <see cref="Data"/> as <c>google.protobuf.Any</c> has it; <see langword="null"/> for JSON.</summary>
    public string? DataType { get; init; }

    /// <summary>Whether it takes the place of a job of the same name.</summary>
    public bool Overwrite { get; init; }

    /// <summary>What happens when the app does not take it.</summary>
    public JobFailurePolicy FailurePolicy { get; init; } = JobFailurePolicy.Default;
}

/// <summary>What happens when the app does not take a job: another try after a while, or none.</summary>
/// <param name="MaxRetries">How many more tries; <see langword="null"/> for as many as it takes.</param>
/// <param name="Interval">How long to wait before each.</param>
public sealed record JobFailurePolicy(uint? MaxRetries, TimeSpan Interval)
{
    /// <summary>Three more tries, a second apart.</summary>
    public static JobFailurePolicy Default { get; } = new(3, TimeSpan.FromSeconds(1));

    /// <summary>No other try.</summary>
    public static JobFailurePolicy Drop { get; } = new(0, TimeSpan.Zero);
}
