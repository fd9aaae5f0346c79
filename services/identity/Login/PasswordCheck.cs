using Microsoft.AspNetCore.Identity;
using Tandem.Identity.Users;

namespace Tandem.Identity.Login;

/// <summary>Compares passwords; an account that does not exist costs as much work as one that does: one comparison.</summary>
internal sealed class PasswordCheck(IPasswordHasher<User> passwords)
{
    /// <summary>A hash that no password has, made before anybody is compared with anything.</summary>
    private readonly string _nobody = passwords.HashPassword(null!, Guid.NewGuid().ToString());

    /// <summary>Whether the password is the user's, and its new hash when the way of hashing has become stronger since.</summary>
    public (bool IsGood, string? NewHash) Verify(User? user, string password)
    {
        var result = passwords.VerifyHashedPassword(null!, user?.PasswordHash ?? _nobody, password);
        return user is null
            ? (false, null)
            : (result != PasswordVerificationResult.Failed,
                result == PasswordVerificationResult.SuccessRehashNeeded ? passwords.HashPassword(null!, password) : null);
    }
}
