using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Tandem.Runtime.Errors;

namespace Tandem.Runtime.Jobs;

/// <summary>What a job carries, as gRPC carries it: any message. JSON, which is what jobs carry over HTTP, is a <c>google.protobuf.Value</c>.</summary>
public static class JobData
{
    private const string TypePrefix = "type.googleapis.com/";

    /// <summary>The message; <see langword="null"/> when the job carries nothing.</summary>
    public static Any? ToAny(JobRequest job) => job.Data is null ? null
        : job.DataType is { } type ? new Any { TypeUrl = type, Value = UnsafeByteOperations.UnsafeWrap(job.Data) }
        : Any.Pack(JsonParser.Default.Parse<Value>(Encoding.UTF8.GetString(job.Data)));

    /// <summary>The job with this message.</summary>
    /// <exception cref="DaprException">It says that it is JSON, and cannot be read as such.</exception>
    public static JobRequest With(JobRequest job, Any? data)
    {
        if (data is null)
        {
            return job with { Data = null, DataType = null };
        }

        if (data.TypeUrl != TypePrefix + Value.Descriptor.FullName)
        {
            return job with { Data = data.Value.ToByteArray(), DataType = data.TypeUrl };
        }

        try
        {
            return job with { Data = Encoding.UTF8.GetBytes(JsonFormatter.Default.Format(data.Unpack<Value>())), DataType = null };
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidOperationException)
        {
            throw new DaprException(JobErrors.Malformed($"data is no {Value.Descriptor.FullName}: {exception.Message}"), exception);
        }
    }

    /// <summary>The bytes without white space around them: what an app that speaks HTTP gets of a message.</summary>
    internal static ReadOnlyMemory<byte> ReadBody(JobRequest job)
    {
        ReadOnlyMemory<byte> data = job.Data;
        return job.DataType is null ? data : data.Trim(" \t\r\n"u8);
    }
}
