using Grpc.Core;
using Tandem.Contracts.Grpc.Common.V1;

namespace Tandem.ServiceDefaults;

/// <summary>Amounts between what services reckon with and what gRPC carries.</summary>
public static class MoneyConversion
{
    private const int NanosPerUnit = 1_000_000_000;

    /// <summary>The amount as a message.</summary>
    public static Money ToMoney(this decimal amount, string currency)
    {
        var units = decimal.Truncate(amount);
        return new Money { Currency = currency, Units = decimal.ToInt64(units), Nanos = decimal.ToInt32((amount - units) * NanosPerUnit) };
    }

    /// <summary>The amount as a number.</summary>
    public static decimal ToAmount(this Money money) => money.Units + (money.Nanos / (decimal)NanosPerUnit);

    /// <summary>The amount of a request; nothing when the message is not there.</summary>
    /// <param name="money">The message.</param>
    /// <param name="field">Its field, for the client to read.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is no amount.</exception>
    public static decimal? ToAmount(this Money? money, string field)
    {
        if (money is null)
        {
            return null;
        }

        return money.Nanos is > -NanosPerUnit and < NanosPerUnit && Math.Sign(money.Units) * Math.Sign(money.Nanos) >= 0
            ? money.ToAmount()
            : throw GrpcProblems.Invalid(field, $"The nanos of an amount are fewer than {NanosPerUnit} and of the same sign as its units.");
    }

    /// <summary>The currency; nothing when it is not said.</summary>
    public static string? CurrencyOrNull(this Money? money) => string.IsNullOrEmpty(money?.Currency) ? null : money.Currency;
}
