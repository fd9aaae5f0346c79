namespace Tandem.Order;

/// <summary>How far an order's saga is, and who is at it.</summary>
internal sealed record SagaState
{
    private const int MostDoublings = 9;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    public SagaStep Step { get; init; } = SagaStep.ReserveStock;

    /// <summary>Why the saga turned back.</summary>
    public string? EndReason { get; init; }

    /// <summary>Whether money went back on the way.</summary>
    public bool PaymentReturned { get; init; }

    /// <summary>How often the step failed since it last went well.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset NextAttemptAt { get; init; }

    /// <summary>Since when the step fails; unset while it does not.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    public string? LastError { get; init; }

    /// <summary>The process that works on the order.</summary>
    public string? LeaseOwner { get; init; }

    /// <summary>Until when no other process may.</summary>
    public DateTimeOffset LeaseUntil { get; init; }

    /// <summary>The trace of the request that made the order, which the saga goes on with.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The next step, with a clean slate.</summary>
    public SagaState Go(SagaStep step, DateTimeOffset now)
        => this with { Step = step, Attempts = 0, LastError = null, FailingSince = null, NextAttemptAt = now };

    /// <summary>Turns back: the steps that may have had an effect are undone from here.</summary>
    public SagaState TurnBack(SagaStep step, string? reason, DateTimeOffset now) => Go(step, now) with { EndReason = reason };

    /// <summary>The step failed for a passing reason: again later, with longer and longer pauses.</summary>
    public SagaState Retry(string error, double jitter, DateTimeOffset now)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(Attempts, MostDoublings));
        pause = pause < LongestPause ? pause : LongestPause;
        return Fail(error, pause * (0.75 + (jitter * 0.25)), now);
    }

    /// <summary>The step failed: again after this pause.</summary>
    public SagaState Fail(string error, TimeSpan pause, DateTimeOffset now)
        => this with { Attempts = Attempts + 1, LastError = error, FailingSince = FailingSince ?? now, NextAttemptAt = now + pause };

    /// <summary>Somebody wants the step to be tried now, by whichever process comes first: who held the order may be gone.</summary>
    public SagaState Resume(DateTimeOffset now) => this with { NextAttemptAt = now, LeaseOwner = null, LeaseUntil = default };

    /// <summary>Since when the step fails or, when nobody is at it, since when it is due.</summary>
    public DateTimeOffset TroubledSince => FailingSince ?? NextAttemptAt;

    /// <summary>How the saga gets on.</summary>
    public SagaProgress Progress(TimeSpan stuckAfter, DateTimeOffset now) => this switch
    {
        { Step: SagaStep.Done } => SagaProgress.Done,
        _ when TroubledSince <= now - stuckAfter => SagaProgress.Stuck,
        { Attempts: > 0 } => SagaProgress.Retrying,
        { Step: SagaStep.Ship } => SagaProgress.Waiting,
        _ => SagaProgress.Running,
    };

    public bool IsFreeFor(string owner, DateTimeOffset now) => LeaseOwner is null || LeaseOwner == owner || LeaseUntil <= now;
}
