using Tandem.Components.Metadata;

namespace Tandem.Components.Http.S3;

/// <summary>The metadata of <c>bindings.aws.s3</c>.</summary>
internal sealed record S3Options
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>The field's name, and what AWS's own tools read where it is not said.</summary>
    private static readonly (string Field, string OldField, string Variable)[] Credentials =
    [
        ("accessKey", "awsAccessKey", "AWS_ACCESS_KEY_ID"),
        ("secretKey", "awsSecretKey", "AWS_SECRET_ACCESS_KEY"),
        ("sessionToken", "awsSessionToken", "AWS_SESSION_TOKEN"),
    ];

    public required string Bucket { get; init; }

    public required string Region { get; init; }

    public required string AccessKey { get; init; }

    public required string SecretKey { get; init; }

    public string? SessionToken { get; init; }

    /// <summary>The server, without the bucket.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Whether the bucket is the first part of the path, and not of the host's name.</summary>
    public required bool IsPathStyle { get; init; }

    public bool DecodeBase64 { get; init; }

    public bool EncodeBase64 { get; init; }

    public bool InsecureSsl { get; init; }

    public string? FilePath { get; init; }

    public string? PresignTtl { get; init; }

    public string? StorageClass { get; init; }

    public static S3Options Parse(ComponentMetadata metadata)
    {
        foreach (var field in (string[])["assumeRoleArn", "trustAnchorArn", "trustProfileArn"])
        {
            if (metadata.GetString(field) is not null)
            {
                throw new ComponentMetadataException(field, "cannot be used: roles are not supported; use accessKey and secretKey");
            }
        }

        var bucket = metadata.GetRequiredString("bucket");
        var region = metadata.GetString("region") ?? metadata.GetString("awsRegion") ?? Variable("AWS_REGION") ?? Variable("AWS_DEFAULT_REGION");
        var endpoint = ParseEndpoint(metadata, region);
        var (accessKey, secretKey, sessionToken) = ParseCredentials(metadata);
        return new S3Options
        {
            Bucket = bucket,
            Region = region ?? (metadata.GetString("endpoint") is null ? throw new ComponentMetadataException("region", "is required") : DefaultRegion),
            AccessKey = accessKey,
            SecretKey = secretKey,
            SessionToken = sessionToken,
            Endpoint = endpoint,
            // An address has no names below it, and a dot in the bucket's name would fit no certificate.
            IsPathStyle = metadata.GetBool("forcePathStyle", false) || endpoint.HostNameType is not UriHostNameType.Dns || !IsHostName(bucket),
            DecodeBase64 = metadata.GetBool("decodeBase64", false),
            EncodeBase64 = metadata.GetBool("encodeBase64", false),
            InsecureSsl = metadata.GetBool("insecureSSL", false),
            FilePath = metadata.GetString("filePath"),
            PresignTtl = metadata.GetString("presignTTL"),
            StorageClass = metadata.GetString("storageClass"),
        };
    }

    private static Uri ParseEndpoint(ComponentMetadata metadata, string? region)
    {
        var scheme = metadata.GetBool("disableSSL", false) ? "http" : "https";
        var text = metadata.GetString("endpoint") ?? $"s3.{region ?? DefaultRegion}.amazonaws.com";
        return Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"{scheme}://{text}", UriKind.Absolute, out var endpoint)
            && endpoint is { Scheme: "http" or "https", UserInfo: "", Query: "", Host.Length: > 0 }
            ? endpoint
            : throw new ComponentMetadataException("endpoint", $"must be a host or an http or https URL, not '{text}'");
    }

    private static (string AccessKey, string SecretKey, string? SessionToken) ParseCredentials(ComponentMetadata metadata)
    {
        var named = Credentials.Select(credential => metadata.GetString(credential.Field) ?? metadata.GetString(credential.OldField)).ToArray();
        var values = named is [null, null, null] ? Credentials.Select(static credential => Variable(credential.Variable)).ToArray() : named;
        return (
            values[0] ?? throw new ComponentMetadataException("accessKey", "is required (or AWS_ACCESS_KEY_ID in the environment)"),
            values[1] ?? throw new ComponentMetadataException("secretKey", "is required beside accessKey"),
            values[2]);
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static bool IsHostName(string bucket) => bucket.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-');
}
