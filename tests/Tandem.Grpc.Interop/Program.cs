using System.Globalization;
using Tandem.Interop.Client;
using Tandem.Interop.Server;

// Tandem's own peer of the interoperability tests.
//
//   server [PORT]                     PORT of the server with the usual limits; a free one without
//   run '{"plain": "host:port", …}'   all scenarios against a server
//   lifecycle '{"plain": …}'          one that follows a server through its end and its return
return args switch
{
    ["server"] => await Servers.RunAsync(0),
    ["server", var port] => await Servers.RunAsync(int.Parse(port, CultureInfo.InvariantCulture)),
    ["run", var settings] => await Scenarios.RunAsync(InteropSettings.Parse(settings)),
    ["lifecycle", var settings] => await LifecycleScenario.RunAsync(InteropSettings.Parse(settings)),
    _ => throw new ArgumentException("server [PORT] | run SETTINGS | lifecycle SETTINGS"),
};
