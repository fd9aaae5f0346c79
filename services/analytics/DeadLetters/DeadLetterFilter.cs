using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace Tandem.Analytics;

/// <summary>Which dead letters are listed.</summary>
/// <param name="Topic">Those of this topic.</param>
/// <param name="Status">Those of this status.</param>
internal readonly record struct DeadLetterFilter([FromQuery(Name = "topic")] string? Topic, [FromQuery(Name = "status")] string? Status)
{
    private static readonly string[] Statuses = ["dead", "retrying", "retried"];

    internal sealed class Validator : AbstractValidator<DeadLetterFilter>
    {
        public Validator()
        {
            RuleFor(static filter => filter.Topic)
                .Must(static topic => topic is null || DeadLetterSubscriptions.AllTopics.Contains(topic))
                .WithMessage($"Expected one of {string.Join(", ", DeadLetterSubscriptions.AllTopics)}.");
            RuleFor(static filter => filter.Status)
                .Must(static status => status is null || Statuses.Contains(status))
                .WithMessage($"Expected one of {string.Join(", ", Statuses)}.");
        }
    }
}
