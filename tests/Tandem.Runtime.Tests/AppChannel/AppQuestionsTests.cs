using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Runtime.AppChannel;
using Tandem.Runtime.Tests.Actors;
using Tandem.Testing;

namespace Tandem.Runtime.Tests.AppChannel;

public sealed class AppQuestionsTests
{
    private readonly FakeApp _app = new();
    private readonly ManualTimeProvider _clock = new();

    [Theory]
    [InlineData(404, "")]
    [InlineData(405, "")]
    [InlineData(200, "")]
    [InlineData(200, "[]")]
    public async Task AskForSubscriptions_AppSaysNone_IsFinal(int status, string body)
    {
        _app.Answer = _ => FakeApp.Ok(body, (HttpStatusCode)status);

        var answer = await Ask().AskForSubscriptionsAsync(default).WithinAsync();

        Assert.True(answer.IsFinal);
        Assert.Empty(answer.Value ?? []);
    }

    [Theory]
    [InlineData(500, "")]
    [InlineData(503, "[]")]
    [InlineData(401, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "{}")]
    [InlineData(200, """[{"topic":"orders"}]""")]
    public async Task AskForSubscriptions_NoRealAnswer_IsNotTakenAsNone(int status, string body)
    {
        _app.Answer = _ => FakeApp.Ok(body, (HttpStatusCode)status);

        Assert.False((await Ask().AskForSubscriptionsAsync(default).WithinAsync()).IsFinal);
    }

    [Fact]
    public async Task AskForConfiguration_SilentApp_IsWaitedForNoLongerThanPatience()
    {
        _app.Answer = static _ => new TaskCompletionSource<HttpResponseMessage>().Task;
        var asking = Ask().AskForConfigurationAsync(default);
        await _app.NextAsync();

        _clock.Advance(AppQuestions.Patience);

        Assert.False((await asking.WithinAsync()).IsFinal);
    }

    private AppQuestions Ask() => new(_app, _clock, NullLogger<AppQuestions>.Instance);
}
