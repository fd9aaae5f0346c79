using System.Runtime.Versioning;

// Process groups, signals and the watchdog's shell are POSIX; on Windows the command runs inside WSL.
[assembly: UnsupportedOSPlatform("windows")]
