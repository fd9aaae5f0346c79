using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Tandem.Bench.Forwarding;

// dotnet run -c Release --project bench/Tandem.Bench.Forwarding
BenchmarkRunner.Run<ForwardingBenchmark>(ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
