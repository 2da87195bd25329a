import ArgumentParser
import CProxySystem
import MCPUpstream

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The program. It has a second role, standing guard over a server's processes, which is decided before anything
/// else so that a guard stays small.
@main
enum MCPProxy {
    static func main() async {
        proxy_open_standard_streams()
        if let status = GuardProcess.runIfAsked() { exit(status) }
        atexit(flushTerminal)
        let arguments = GoStyleArguments.normalized(Array(CommandLine.arguments.dropFirst()))
        if let fault = WrongArguments.fault(in: arguments) {
            Terminal.error("Error: \(fault)")
            Terminal.error("See 'mcp-proxy --help' for more information.")
            exit(WrongArguments.status)
        }
        await ServeCommand.main(arguments)
    }
}

/// Runs at the exit of the process, on whatever thread that happens.
private func flushTerminal() {
    Terminal.flush()
}
