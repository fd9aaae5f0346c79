using System.ComponentModel.DataAnnotations;
using Tandem.ServiceDefaults;

namespace Tandem.Identity.Tokens;

/// <summary>The settings SIGNING_KEY_LIFETIME and SIGNING_KEYS_SECRET.</summary>
internal sealed class KeyOptions
{
    /// <summary>
    /// A key is published this long before it signs: longer than anybody keeps the published ones, so that nobody meets a key that they do not know.
    /// </summary>
    public static readonly TimeSpan Lead = TimeSpan.FromHours(1);

    /// <summary>How long a key signs before the next one does.</summary>
    [Range(typeof(TimeSpan), "02:00:00", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>The secret that private keys are encrypted with: its name in the secret store. Without a name it is a file beside the database.</summary>
    public string? Secret { get; set; }

    public static void Read(KeyOptions options, IConfiguration configuration)
    {
        if (configuration["SIGNING_KEY_LIFETIME"] is { Length: > 0 } lifetime)
        {
            options.Lifetime = Durations.Parse("SIGNING_KEY_LIFETIME", lifetime);
        }

        options.Secret = configuration["SIGNING_KEYS_SECRET"] is { Length: > 0 } secret ? secret : null;
    }
}
