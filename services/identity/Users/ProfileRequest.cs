using FluentValidation;

namespace Tandem.Identity.Users;

/// <summary>What users may change about themselves; what is left out is emptied.</summary>
internal sealed record ProfileRequest(string? Name, string? Phone, Address? Address)
{
    public const int LongestName = 100;

    internal sealed class Validator : AbstractValidator<ProfileRequest>
    {
        private const int LongestLine = 200;

        public Validator()
        {
            RuleFor(static profile => profile.Name).NotEmpty().MaximumLength(LongestName);
            RuleFor(static profile => profile.Phone)
                .Matches(@"^\+?[0-9][0-9 ()/.-]{2,29}$")
                .WithMessage("Expected a phone number: digits, with spaces and signs between them, and a plus sign before them if wanted.");
            RuleFor(static profile => profile.Address!).ChildRules(static address =>
            {
                address.RuleFor(static line => line.Street).MaximumLength(LongestLine);
                address.RuleFor(static line => line.City).MaximumLength(LongestLine);
                address.RuleFor(static line => line.State).MaximumLength(LongestLine);
                address.RuleFor(static line => line.Zip).MaximumLength(20);
                address.RuleFor(static line => line.Country).MaximumLength(LongestLine);
            }).When(static profile => profile.Address is not null);
        }
    }
}
