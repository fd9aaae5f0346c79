using System.Text;
using System.Threading.Channels;
using Tandem.Components.Bindings;
using Tandem.Testing;

namespace Tandem.Components.Tests.Kafka;

/// <summary><c>bindings.kafka</c> on a real broker.</summary>
public sealed class KafkaBindingTests
{
    [Fact]
    public async Task Create_AndRead_GivesTheAppWhatTheOtherAppWrote()
    {
        var server = await KafkaParts.SharedServerAsync();
        var (here, there) = (KafkaParts.Fresh("here"), KafkaParts.Fresh("there"));
        await using var toHere = await KafkaParts.StartBindingAsync(server, ("publishTopic", here));
        await using var toThere = await KafkaParts.StartBindingAsync(server, ("publishTopic", there));
        await using var input = await KafkaParts.StartBindingAsync(server, ("topics", $"{here}, {there}"), ("consumerGroup", here));
        var events = Channel.CreateUnbounded<BindingEvent>();
        await using var reading = await input.ReadAsync((bindingEvent, token) => events.Writer.WriteAsync(bindingEvent, token), default);

        Assert.Null(await toHere.InvokeAsync(KafkaParts.Create("""{"n":1}""", ("partitionKey", "ann")), default));
        await toThere.InvokeAsync(KafkaParts.Create("null"), default);

        var received = new[] { await events.Reader.ReadAsync().WithinAsync(), await events.Reader.ReadAsync().WithinAsync() }.ToDictionary(static each => each.Metadata["__topic"]);
        Assert.Equal(("""{"n":1}""", "ann"), (Encoding.UTF8.GetString(received[here].Data.Span), received[here].Metadata["__key"]));
        Assert.Equal("null", Encoding.UTF8.GetString(received[there].Data.Span));
    }

    [Fact]
    public async Task Read_TheAppDoesNotTakeAnEvent_ComesAgainOnlyWithConsumeRetryEnabled()
    {
        var server = await KafkaParts.SharedServerAsync();
        foreach (var retries in (string[])["true", "false"])
        {
            var topic = KafkaParts.Fresh("retried");
            await using var binding = await KafkaParts.StartBindingAsync(server, ("topics", topic), ("publishTopic", topic), ("consumerGroup", topic), ("consumeRetryEnabled", retries));
            var isFirst = 1;
            var texts = Channel.CreateUnbounded<string>();
            await using var reading = await binding.ReadAsync(
                (bindingEvent, _) =>
                {
                    texts.Writer.TryWrite(Encoding.UTF8.GetString(bindingEvent.Data.Span));
                    return Interlocked.Exchange(ref isFirst, 0) == 0 ? ValueTask.CompletedTask : throw new BindingException("not now");
                },
                default);
            await binding.InvokeAsync(KafkaParts.Create("1", ("partitionNumber", "0")), default);
            await binding.InvokeAsync(KafkaParts.Create("2", ("partitionNumber", "0")), default);

            var seen = new List<string>();
            while (!seen.Contains("2") || retries == "true" && seen.Count(static text => text == "1") < 2)
            {
                seen.Add(await texts.Reader.ReadAsync().WithinAsync());
            }

            Assert.Equal(retries == "true" ? ["1", "1", "2"] : ["1", "2"], seen.Order());
        }
    }

    [Fact]
    public async Task Invoke_WhatItCannotDo_IsSaid()
    {
        await using var binding = await KafkaParts.StartBindingAsync(await KafkaParts.SharedServerAsync(), ("topics", "x"));

        Assert.Equal(["create"], binding.Operations);
        var unknown = await Assert.ThrowsAsync<BindingException>(() => binding.InvokeAsync(KafkaParts.Create("x") with { Operation = "delete" }, default).AsTask());
        Assert.Contains("'delete'", unknown.Message, StringComparison.Ordinal);
        var nowhere = await Assert.ThrowsAsync<BindingException>(() => binding.InvokeAsync(KafkaParts.Create("x"), default).AsTask());
        Assert.Contains("'publishTopic'", nowhere.Message, StringComparison.Ordinal);
    }
}
