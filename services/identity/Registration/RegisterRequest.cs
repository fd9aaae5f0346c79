using FluentValidation;
using Tandem.Identity.Users;

namespace Tandem.Identity.Registration;

/// <summary>Who wants to join.</summary>
internal sealed record RegisterRequest(string? Email, string? Password, string? Name)
{
    private const int LongestEmail = 254;

    private const int ShortestPassword = 8;

    /// <summary>A hash takes as long as its input is: nobody needs more.</summary>
    public const int LongestPassword = 128;

    internal sealed class Validator : AbstractValidator<RegisterRequest>
    {
        public Validator()
        {
            RuleFor(static request => request.Email).NotEmpty().MaximumLength(LongestEmail).Must(IsEmail).WithMessage("Expected an email address.");
            RuleFor(static request => request.Password).NotEmpty().Length(ShortestPassword, LongestPassword);
            RuleFor(static request => request.Password)
                .Must(static (request, password) => !CommonPasswords.Has(password, request.Email, request.Name))
                .WithMessage("This password is among the first that others would try. Choose another one.");
            RuleFor(static request => request.Name).NotEmpty().MaximumLength(ProfileRequest.LongestName);
        }

        /// <summary>One sign in the middle, a domain with a dot, and nothing that could end a line of a mail's head.</summary>
        private static bool IsEmail(string? email)
        {
            if (email is null || email.Trim() is not { Length: > 0 } text || text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c)))
            {
                return false;
            }

            var at = text.IndexOf('@', StringComparison.Ordinal);
            var domain = text[(at + 1)..];
            return at > 0 && !domain.Contains('@', StringComparison.Ordinal) && domain.Contains('.', StringComparison.Ordinal)
                && !domain.StartsWith('.') && !domain.EndsWith('.') && text.IndexOfAny(['<', '>', '"', ',', ';', ':', '(', ')', '\\']) < 0;
        }
    }
}
