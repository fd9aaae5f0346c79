using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Tandem.ServiceDefaults;

/// <summary>Reads what a handler decided, for gRPC: its value, or the exception that ends the call with its problem.</summary>
public static class GrpcAnswers
{
    /// <inheritdoc cref="Read{T}"/>
    public static T OrThrow<T>(this Results<Ok<T>, ProblemHttpResult> answer) => Read<T>(answer.Result);

    /// <inheritdoc cref="Read{T}"/>
    public static T OrThrow<T>(this Results<Accepted<T>, ProblemHttpResult> answer) => Read<T>(answer.Result);

    /// <inheritdoc cref="Read{T}"/>
    public static T OrThrow<T>(this Results<Created<T>, ProblemHttpResult> answer, StatusCode conflict = StatusCode.FailedPrecondition)
        => Read<T>(answer.Result, conflict);

    /// <inheritdoc cref="Read{T}"/>
    public static T OrThrow<T>(this Results<Created<T>, Ok<T>, ProblemHttpResult> answer) => Read<T>(answer.Result);

    /// <inheritdoc cref="Read{T}"/>
    public static T OrThrow<T>(this Results<Ok<T>, Accepted<T>, ProblemHttpResult> answer) => Read<T>(answer.Result);

    /// <inheritdoc cref="Read{T}"/>
    public static void OrThrow(this Results<NoContent, ProblemHttpResult> answer)
    {
        if (answer.Result is ProblemHttpResult problem)
        {
            throw problem.ToRpcException();
        }
    }

    /// <summary>Ends the call with this problem, if there is one.</summary>
    /// <exception cref="RpcException">There is.</exception>
    public static void ThrowIfAny(this ProblemHttpResult? problem)
    {
        if (problem is not null)
        {
            throw problem.ToRpcException();
        }
    }

    /// <summary>What was decided.</summary>
    /// <exception cref="RpcException">It is a problem.</exception>
    private static T Read<T>(IResult result, StatusCode conflict = StatusCode.FailedPrecondition) => result switch
    {
        IValueHttpResult<T> { Value: { } value } => value,
        ProblemHttpResult problem => throw problem.ToRpcException(conflict),
        _ => throw new InvalidOperationException($"{result.GetType().Name} says nothing that gRPC could."),
    };
}
