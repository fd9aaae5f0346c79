using System.Net;
using Tandem.ServiceDefaults;

namespace Tandem.Notification;

/// <summary>Identity, which knows every user's addresses.</summary>
internal sealed class IdentityClient(HttpClient http)
{
    /// <summary>The user, or nothing when there is none of this id.</summary>
    public async Task<Recipient?> FindAsync(string userId, CancellationToken cancellationToken)
    {
        using var response = await http.GetAsync(new Uri($"/users/{Uri.EscapeDataString(userId)}", UriKind.Relative), cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var user = await response.Content.ReadFromJsonAsync<User>(ServiceJson.Options, cancellationToken);
        return user is null ? null : new Recipient { UserId = userId, Email = user.Email, Phone = user.Phone, Name = user.Name };
    }

    private sealed record User(string? Email, string? Phone, string? Name);
}
