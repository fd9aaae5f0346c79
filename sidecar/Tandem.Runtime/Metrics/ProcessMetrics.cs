using System.Diagnostics;
using Tandem.Runtime.Metrics.Text;

namespace Tandem.Runtime.Metrics;

/// <summary>
/// The process, under the names that every Prometheus client gives. Sidecars of one process show the same numbers: they are not added up.
/// </summary>
internal sealed class ProcessMetrics : IMetricSource
{
    private static readonly Metric Cpu = new("process_cpu_seconds_total", MetricKind.Counter, "The processor time that the process used, in seconds.");
    private static readonly Metric OpenFiles = new("process_open_fds", MetricKind.Gauge, "The number of open file descriptors.");
    private static readonly Metric Resident = new("process_resident_memory_bytes", MetricKind.Gauge, "The resident memory, in bytes.");
    private static readonly Metric Start = new("process_start_time_seconds", MetricKind.Gauge, "When the process started, in seconds since 1970.");
    private static readonly Metric Threads = new("process_num_threads", MetricKind.Gauge, "The number of threads.");
    private static readonly Metric Virtual = new("process_virtual_memory_bytes", MetricKind.Gauge, "The virtual memory, in bytes.");

    public void WriteTo(PrometheusWriter writer)
    {
        using var process = Process.GetCurrentProcess();
        Write(Cpu, process.TotalProcessorTime.TotalSeconds);
        if (Directory.Exists("/proc/self/fd"))
        {
            Write(OpenFiles, Directory.EnumerateFileSystemEntries("/proc/self/fd").Count());
        }

        Write(Resident, process.WorkingSet64);
        Write(Start, (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
        Write(Threads, process.Threads.Count);
        Write(Virtual, process.VirtualMemorySize64);

        void Write(Metric metric, double value)
        {
            writer.StartFamily(metric);
            writer.WriteSample(metric.Name, "", value);
        }
    }
}
