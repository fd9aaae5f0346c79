using FluentValidation;
using Tandem.Identity.Registration;

namespace Tandem.Identity.Login;

/// <summary>Who wants in.</summary>
internal sealed record LoginRequest(string? Email, string? Password)
{
    internal sealed class Validator : AbstractValidator<LoginRequest>
    {
        public Validator()
        {
            RuleFor(static request => request.Email).NotEmpty().MaximumLength(254);
            RuleFor(static request => request.Password).NotEmpty().MaximumLength(RegisterRequest.LongestPassword);
        }
    }
}
