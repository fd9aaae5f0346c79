using System.Globalization;
using System.Text.RegularExpressions;
using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace Tandem.Analytics;

/// <summary>Which windows are listed: those that begin at from or later, and before to. Either may be left out.</summary>
/// <param name="From">An RFC 3339 time.</param>
/// <param name="To">An RFC 3339 time, after from.</param>
internal readonly partial record struct WindowRange([FromQuery(Name = "from")] string? From, [FromQuery(Name = "to")] string? To)
{
    public DateTimeOffset? FromTime => Read(From);

    public DateTimeOffset? ToTime => Read(To);

    /// <summary>A time with its offset. In a query an unescaped plus is a space; it can mean nothing else here.</summary>
    private static DateTimeOffset? Read(string? text)
        => text is not null && Rfc3339().IsMatch(text = text.Replace(' ', '+'))
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();

    internal sealed class Validator : AbstractValidator<WindowRange>
    {
        private const string Expected = "Expected a time such as 2030-01-02T03:04:05Z.";

        public Validator()
        {
            RuleFor(static range => range.From).Must(static text => string.IsNullOrEmpty(text) || Read(text) is not null).WithMessage(Expected);
            RuleFor(static range => range.To).Must(static text => string.IsNullOrEmpty(text) || Read(text) is not null).WithMessage(Expected)
                .Must(static (range, _) => !(range.FromTime >= range.ToTime)).WithMessage("Must be after from.");
        }
    }
}
