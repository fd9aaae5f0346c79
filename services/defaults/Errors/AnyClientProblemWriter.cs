using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.ServiceDefaults;

/// <summary>
/// Writes problem details to those as well who ask for something else, such as a browser's text/html: the framework's writer leaves them
/// without, and an error has one form here. It is asked after the framework's own, and has that do the work.
/// </summary>
internal sealed class AnyClientProblemWriter(IServiceProvider services) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public ValueTask WriteAsync(ProblemDetailsContext context)
        => services.GetServices<IProblemDetailsWriter>().First(static writer => writer is not AnyClientProblemWriter).WriteAsync(context);
}
