using System.Runtime.InteropServices;

namespace Tandem.Components.Tests.Kafka;

/// <summary>
/// The cluster that librdkafka has inside for its own tests: it speaks the protocol of current brokers, with headers and times, which the
/// real broker of these tests is too old for. Other clients reach it by its address.
/// </summary>
internal sealed class MockCluster : IDisposable
{
    private const string Library = "librdkafka.so.1";
    private const int Producer = 0;

    private readonly IntPtr _client;
    private readonly IntPtr _cluster;

    public MockCluster()
    {
        _client = CreateClient(Producer, IntPtr.Zero, IntPtr.Zero, 0);
        _cluster = CreateCluster(_client, 1);
        Address = Marshal.PtrToStringUTF8(AddressOf(_cluster))!;
    }

    public string Address { get; }

    /// <summary>Answers the next requests of a kind with these errors, one each.</summary>
    public void FailNext(short api, params int[] errors) => PushErrors(_cluster, api, errors.Length, errors);

    public void Dispose()
    {
        DestroyCluster(_cluster);
        DestroyClient(_client);
    }

    [DllImport(Library, EntryPoint = "rd_kafka_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr CreateClient(int type, IntPtr configuration, IntPtr error, nint errorSize);

    [DllImport(Library, EntryPoint = "rd_kafka_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void DestroyClient(IntPtr client);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr CreateCluster(IntPtr client, int brokers);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void DestroyCluster(IntPtr cluster);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern IntPtr AddressOf(IntPtr cluster);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void PushErrors(IntPtr cluster, short api, nint count, int[] errors);
}
