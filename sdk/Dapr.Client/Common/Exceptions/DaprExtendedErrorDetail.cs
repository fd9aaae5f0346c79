namespace Dapr.Common.Exceptions;

/// <summary>What kind of detail it is.</summary>
public enum DaprExtendedErrorType
{
    /// <summary>A kind that is not known here.</summary>
    Unknown,

    /// <summary>When to try again.</summary>
    RetryInfo,

    /// <summary>What helps those who mend it.</summary>
    DebugInfo,

    /// <summary>A quota that is used up.</summary>
    QuotaFailure,

    /// <summary>What had to hold and did not.</summary>
    PreconditionFailure,

    /// <summary>Which request it was.</summary>
    RequestInfo,

    /// <summary>The message in another language.</summary>
    LocalizedMessage,

    /// <summary>Which fields were wrong.</summary>
    BadRequest,

    /// <summary>Why, in words for programs.</summary>
    ErrorInfo,

    /// <summary>Where to read more.</summary>
    Help,

    /// <summary>Which resource it was about.</summary>
    ResourceInfo,
}

/// <summary>A detail of an error.</summary>
public abstract record DaprExtendedErrorDetail(DaprExtendedErrorType ErrorType);

/// <summary>A detail of a kind that is not known here.</summary>
public sealed record DaprUnknownDetail(string TypeUrl) : DaprExtendedErrorDetail(DaprExtendedErrorType.Unknown);

/// <summary>What helps those who mend it.</summary>
public sealed record DaprDebugInfoDetail(IReadOnlyCollection<string> StackEntries, string Detail) : DaprExtendedErrorDetail(DaprExtendedErrorType.DebugInfo);

/// <summary>One condition that did not hold.</summary>
public sealed record DaprPreconditionFailureViolation(string Type, string Subject, string Description);

/// <summary>What had to hold and did not.</summary>
public sealed record DaprPreconditionFailureDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.PreconditionFailure)
{
    /// <summary>The conditions.</summary>
    public IReadOnlyCollection<DaprPreconditionFailureViolation> Violations { get; init; } = [];
}

/// <summary>A time to wait.</summary>
public sealed record DaprRetryDelay(long Seconds, int Nanos);

/// <summary>When to try again.</summary>
public sealed record DaprRetryInfoDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.RetryInfo)
{
#pragma warning disable CA1051 // The official member is a field.
    /// <summary>How long to wait.</summary>
    public DaprRetryDelay Delay = new(Seconds: 1, Nanos: 0);
#pragma warning restore CA1051
}

/// <summary>One quota that is used up.</summary>
public sealed record DaprQuotaFailureViolation(string Subject, string Description);

/// <summary>Quotas that are used up.</summary>
public sealed record DaprQuotaFailureDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.QuotaFailure)
{
    /// <summary>The quotas.</summary>
    public IReadOnlyCollection<DaprQuotaFailureViolation> Violations { get; init; } = [];
}

/// <summary>One field that was wrong.</summary>
public sealed record DaprBadRequestDetailFieldViolation(string Field, string Description);

/// <summary>Which fields were wrong.</summary>
public sealed record DaprBadRequestDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.BadRequest)
{
    /// <summary>The fields.</summary>
    public IReadOnlyCollection<DaprBadRequestDetailFieldViolation> FieldViolations { get; init; } = [];
}

/// <summary>Which request it was.</summary>
public sealed record DaprRequestInfoDetail(string RequestId, string ServingData) : DaprExtendedErrorDetail(DaprExtendedErrorType.RequestInfo);

/// <summary>The message in another language.</summary>
public sealed record DaprLocalizedMessageDetail(string Locale, string Message) : DaprExtendedErrorDetail(DaprExtendedErrorType.LocalizedMessage);

/// <summary>One place to read more.</summary>
public sealed record DaprHelpDetailLink(string Url, string Description);

/// <summary>Where to read more.</summary>
public sealed record DaprHelpDetail() : DaprExtendedErrorDetail(DaprExtendedErrorType.Help)
{
    /// <summary>The places.</summary>
    public IReadOnlyCollection<DaprHelpDetailLink> Links { get; init; } = [];
}

/// <summary>Which resource it was about.</summary>
public sealed record DaprResourceInfoDetail(string ResourceType, string ResourceName, string Owner, string Description) : DaprExtendedErrorDetail(DaprExtendedErrorType.ResourceInfo);

/// <summary>Why, in words for programs.</summary>
public sealed record DaprErrorInfoDetail(string Reason, string Domain, IDictionary<string, string>? Metadata) : DaprExtendedErrorDetail(DaprExtendedErrorType.ErrorInfo);

/// <summary>An error as the sidecar described it.</summary>
public sealed record DaprExtendedErrorInfo(int Code, string Message)
{
    /// <summary>The details.</summary>
    public DaprExtendedErrorDetail[] Details { get; init; } = [];
}
