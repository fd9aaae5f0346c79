using System.Text;
using Tandem.Runtime.Errors;
using Tandem.Runtime.Jobs;

namespace Tandem.Runtime.Tests.Jobs;

public sealed class JobJsonTests
{
    [Theory]
    [InlineData("""{"dueTime":"1s","failurePolicy":{"constant":{"interval":"2s","maxRetries":5}}}""", 5u, 2.0)]
    [InlineData("""{"due_time":"1s","failure_policy":{"constant":{"interval":"500ms","max_retries":"7"}}}""", 7u, 0.5)]
    [InlineData("""{"dueTime":"1s","failurePolicy":{"constant":{}}}""", null, 0.0)]
    [InlineData("""{"dueTime":"1s","failurePolicy":{"drop":{}}}""", 0u, 0.0)]
    [InlineData("""{"dueTime":"1s","failurePolicy":{}}""", 3u, 1.0)]
    [InlineData("""{"dueTime":"1s","failurePolicy":null,"unknown":[1]}""", 3u, 1.0)]
    public void Read_EitherNameOfAField_IsTheSame(string json, uint? retries, double interval)
    {
        var request = Read(json);
        Assert.Equal("1s", request.DueTime);
        Assert.Equal(new JobFailurePolicy(retries, TimeSpan.FromSeconds(interval)), request.FailurePolicy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("""{"schedule":5}""")]
    [InlineData("""{"dueTime":true}""")]
    [InlineData("""{"repeats":-1}""")]
    [InlineData("""{"repeats":1.5}""")]
    [InlineData("""{"repeats":"many"}""")]
    [InlineData("""{"repeats":5000000000}""")]
    [InlineData("""{"overwrite":"yes"}""")]
    [InlineData("""{"failurePolicy":"drop"}""")]
    [InlineData("""{"failurePolicy":{"sometimes":{}}}""")]
    [InlineData("""{"failurePolicy":{"drop":{},"constant":{}}}""")]
    [InlineData("""{"failurePolicy":{"constant":{"interval":"-1s"}}}""")]
    [InlineData("""{"failurePolicy":{"constant":{"interval":1}}}""")]
    public void Read_WhatIsNoJob_IsMalformed(string json)
    {
        var error = Assert.Throws<DaprException>(() => Read(json)).Error;
        Assert.Equal((400, "ERR_MALFORMED_REQUEST"), (error.Status, error.Code));
    }

    [Theory]
    [InlineData("""{"schedule":"@every 1h","repeats":5,"data":{"a": 1},"failurePolicy":{"constant":{"interval":"0.2s","maxRetries":3}}}""")]
    [InlineData("""{"dueTime":"1s","ttl":"10s","data":[1,"zwei",null],"failurePolicy":{"drop":{}}}""")]
    [InlineData("""{"dueTime":"1s","data":"\"","failurePolicy":{"constant":{"interval":"0s"}}}""")]
    public void Write_WhatWasRead_IsTheSame(string json) => Assert.Equal(json, Encoding.UTF8.GetString(JobJson.Write(Read(json))));

    [Fact]
    public void Write_AnAnswer_SaysTheTypeOfTheData()
        => Assert.Equal(
            """{"name":"job","dueTime":"1s","data":{"@type":"type.googleapis.com/google.protobuf.Value","value":7},"failurePolicy":{"constant":{"interval":"1s","maxRetries":3}}}""",
            Encoding.UTF8.GetString(JobJson.Write(Read("""{"dueTime":"1s","data":7}"""), "job")));

    private static JobRequest Read(string json) => JobJson.Read(Encoding.UTF8.GetBytes(json));
}
