using System.Text;
using Tandem.Runtime.PubSub.Delivery;

namespace Tandem.Runtime.Tests.PubSub;

public sealed class DeliveryResultTests
{
    [Theory]
    [InlineData(200, "", DeliveryStatus.Success)]
    [InlineData(204, "", DeliveryStatus.Success)]
    [InlineData(200, "thanks", DeliveryStatus.Success)]
    [InlineData(200, "[]", DeliveryStatus.Success)]
    [InlineData(200, """{"status":""}""", DeliveryStatus.Success)]
    [InlineData(200, """{"status":"SUCCESS"}""", DeliveryStatus.Success)]
    [InlineData(200, """{"status":"RETRY"}""", DeliveryStatus.Retry)]
    [InlineData(200, """{"status":"DROP"}""", DeliveryStatus.Drop)]
    [InlineData(200, """{"status":"MAYBE"}""", DeliveryStatus.Retry)]
    [InlineData(404, "", DeliveryStatus.Drop)]
    [InlineData(302, "", DeliveryStatus.Retry)]
    [InlineData(400, "", DeliveryStatus.Retry)]
    [InlineData(500, """{"status":"SUCCESS"}""", DeliveryStatus.Retry)]
    public void Read_Answer_SaysWhatBecomesOfTheMessage(int status, string body, DeliveryStatus expected)
    {
        Assert.Equal(expected, DeliveryResult.Read(status, Encoding.UTF8.GetBytes(body)).Status);
    }
}
