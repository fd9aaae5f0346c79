using FluentValidation;
using Microsoft.AspNetCore.Mvc;

namespace Tandem.ServiceDefaults;

/// <summary>
/// The query parameters of a list: take it as <c>[AsParameters] PageRequest page</c> on an endpoint with <c>.Validate&lt;PageRequest&gt;()</c>.
/// </summary>
/// <param name="Page">Which page, from 1; 1 when left out.</param>
/// <param name="PageSize">How many a page, 1 to 100; 20 when left out.</param>
public readonly record struct PageRequest([FromQuery(Name = "page")] int? Page, [FromQuery(Name = "pageSize")] int? PageSize)
{
    private const int DefaultSize = 20;
    private const int LargestSize = 100;
    private const int LargestPage = 1_000_000;

    /// <summary>The page's number.</summary>
    public int Number => Page ?? 1;

    /// <summary>How many a page holds.</summary>
    public int Size => PageSize ?? DefaultSize;

    /// <summary>How many come before this page.</summary>
    public int Offset => (Number - 1) * Size;

    internal sealed class Validator : AbstractValidator<PageRequest>
    {
        public Validator()
        {
            RuleFor(static request => request.Page).InclusiveBetween(1, LargestPage);
            RuleFor(static request => request.PageSize).InclusiveBetween(1, LargestSize);
        }
    }
}
