using System.Text.Json;
using FluentValidation;

namespace Tandem.Notification;

/// <summary>What a new notification is made of.</summary>
internal sealed record CreateNotificationRequest(
    string? UserId,
    string? Type,
    Channel? Channel,
    Priority? Priority,
    string? Title,
    string? Message,
    JsonElement? Data,
    DateTimeOffset? ScheduledAt);

/// <summary>The words of a notification that has not gone out.</summary>
internal sealed record UpdateNotificationRequest(string? Title, string? Message, Priority? Priority, JsonElement? Data);

/// <summary>Whose notifications are all read now.</summary>
internal sealed record ReadAllRequest(string? UserId);

internal sealed class CreateNotificationValidator : AbstractValidator<CreateNotificationRequest>
{
    public CreateNotificationValidator(TimeProvider time)
    {
        RuleFor(static request => request.UserId).NotEmpty().MaximumLength(64);
        RuleFor(static request => request.Type).NotEmpty().MaximumLength(100).Matches("^[A-Za-z0-9._-]+$");
        RuleFor(static request => request.Channel).NotNull();
        RuleFor(static request => request.Title).NotEmpty().MaximumLength(NotificationRules.LongestTitle).Must(NotificationRules.IsOneLine).WithMessage("Must be one line.");
        RuleFor(static request => request.Message).NotEmpty().MaximumLength(NotificationRules.LongestMessage);
        RuleFor(static request => request.Data).Must(NotificationRules.IsSmallObject).WithMessage("Must be a JSON object of at most 16 KiB.");
        RuleFor(static request => request.ScheduledAt)
            .Must(at => at is null || (at > time.GetUtcNow() && at <= time.GetUtcNow() + NotificationRules.FarthestFuture))
            .WithMessage($"Must be a time in the future, at most {NotificationRules.FarthestFuture.Days} days from now.");
    }
}

internal sealed class UpdateNotificationValidator : AbstractValidator<UpdateNotificationRequest>
{
    public UpdateNotificationValidator()
    {
        RuleFor(static request => request.Title).NotEmpty().MaximumLength(NotificationRules.LongestTitle).Must(NotificationRules.IsOneLine).WithMessage("Must be one line.");
        RuleFor(static request => request.Message).NotEmpty().MaximumLength(NotificationRules.LongestMessage);
        RuleFor(static request => request.Data).Must(NotificationRules.IsSmallObject).WithMessage("Must be a JSON object of at most 16 KiB.");
    }
}

internal sealed class ReadAllValidator : AbstractValidator<ReadAllRequest>
{
    public ReadAllValidator() => RuleFor(static request => request.UserId).NotEmpty().MaximumLength(64);
}

internal static class NotificationRules
{
    public const int LongestTitle = 200;
    public const int LongestMessage = 4000;
    private const int LongestData = 16 * 1024;

    /// <summary>Who means a later time has mistyped it.</summary>
    public static readonly TimeSpan FarthestFuture = TimeSpan.FromDays(366);

    public static bool IsOneLine(string? text) => text is null || !text.Any(char.IsControl);

    public static bool IsSmallObject(JsonElement? data)
        => data is not { } value || (value.ValueKind == JsonValueKind.Object && value.GetRawText().Length <= LongestData);
}
