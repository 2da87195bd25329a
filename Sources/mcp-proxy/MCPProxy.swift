import ArgumentParser
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
        if let status = GuardProcess.runIfAsked() { exit(status) }
        let arguments = GoStyleArguments.normalized(Array(CommandLine.arguments.dropFirst()))
        await ServeCommand.main(arguments)
    }
}
