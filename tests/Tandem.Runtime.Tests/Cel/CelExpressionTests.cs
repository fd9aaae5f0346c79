using System.Text.Json;
using Tandem.Runtime.Cel;

namespace Tandem.Runtime.Tests.Cel;

public sealed class CelExpressionTests
{
    private static readonly JsonElement Event = JsonDocument.Parse("""
        { "id": "1", "type": "order.paid", "source": "shop", "size": 3,
          "data": { "price": 120.5, "quantity": 2, "tags": ["new", "blue"], "name": "Lamp", "missing": null, "nested": { "a": { "b": true } } } }
        """).RootElement;

    [Theory]
    [InlineData("event.type == \"order.paid\"")]
    [InlineData("event.type == 'order.paid' && event.data.price > 100")]
    [InlineData("event.data.price >= 120.5 && event.data.price <= 120.5")]
    [InlineData("event.data.quantity == 2.0")]
    [InlineData("event.type != 'x' && !(event.source == 'other')")]
    [InlineData("event.type in ['a', 'order.paid']")]
    [InlineData("'blue' in event.data.tags")]
    [InlineData("'price' in event.data")]
    [InlineData("has(event.data.price) && !has(event.data.weight)")]
    [InlineData("event.type.startsWith('order.') && event.type.endsWith('paid') && event.type.contains('er.p')")]
    [InlineData("event.type.matches('^order[.](paid|shipped)$')")]
    [InlineData("size(event.data.tags) == 2 && event.data.name.size() == 4")]
    [InlineData("event.data.tags[1] == 'blue' && event.data['name'] == 'Lamp'")]
    [InlineData("event['data']['nested'].a.b")]
    [InlineData("event.data.missing == null")]
    [InlineData("event.data.quantity * 2 + 1 == 5 && 7 / 2 == 3 && 7 % 4 == 3 && -1 < 0")]
    [InlineData("event.data.quantity > 1 ? true : false")]
    [InlineData("event.data.weight > 5 || event.type == 'order.paid'")]
    [InlineData("event.type == 'order.paid' || event.data.weight > 5")]
    [InlineData("!(event.data.weight > 5 && false)")]
    [InlineData("string(event.data.quantity) == '2' && int('3') == 3 && double('1.5') == 1.5")]
    [InlineData(@"r'a\d' == 'a\\d' && '\u0041' == 'A'")]
    public void IsTrue_ExpressionThatHolds_IsTrue(string text)
    {
        Assert.True(CelExpression.Parse(text).IsTrue(Variables(), out var problem), problem);
    }

    [Theory]
    [InlineData("event.type == 'order.shipped'")]
    [InlineData("event.data.price > 500")]
    [InlineData("event.type.startsWith('Order')")]
    [InlineData("'green' in event.data.tags")]
    public void IsTrue_ExpressionThatDoesNotHold_IsFalseWithoutProblem(string text)
    {
        Assert.False(CelExpression.Parse(text).IsTrue(Variables(), out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("event.data.weight > 5", "weight")]
    [InlineData("event.type > 5", "order")]
    [InlineData("other == 1", "other")]
    [InlineData("event.data.tags[7] == 'x'", "7")]
    [InlineData("1 / 0 == 1", "zero")]
    [InlineData("event.type && true", "truth value")]
    public void IsTrue_ExpressionWithoutValue_IsFalseAndSaysWhy(string text, string part)
    {
        Assert.False(CelExpression.Parse(text).IsTrue(Variables(), out var problem));
        Assert.Contains(part, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("event.type ==")]
    [InlineData("event.type == 'open")]
    [InlineData("(event.type == 'a'")]
    [InlineData("event..type")]
    [InlineData("event.type = 'a'")]
    [InlineData("unknown(event)")]
    [InlineData("event.type.trim()")]
    [InlineData("event.type.matches('(')")]
    [InlineData("has(event)")]
    [InlineData("1 2")]
    [InlineData("'a' $ 'b'")]
    public void TryParse_Malformed_SaysWhy(string text)
    {
        Assert.False(CelExpression.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void TryParse_NestedBeyondReason_IsRefusedAndDoesNotOverflow()
    {
        Assert.False(CelExpression.TryParse(new string('(', 100_000) + "1", out _, out var parentheses));
        Assert.False(CelExpression.TryParse(new string('!', 100_000) + "true", out _, out var negations));
        Assert.Contains("deep", parentheses, StringComparison.Ordinal);
        Assert.Contains("deep", negations, StringComparison.Ordinal);
    }

    private static Dictionary<string, object?> Variables() => new() { ["event"] = Event };
}
