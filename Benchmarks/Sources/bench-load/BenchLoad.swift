import BenchmarkKit
import NIOCore
import NIOPosix

/// Calls a tool over and over and looks at every answer. The first wrong one ends the run with an error.
///
///     bench-load URL … [--era legacy|modern] [--method call|list] [--accept both|json|event] [--clients N] [--size N]
///                    [--event 1] [--names-only 1] [--warm-up N] [--calls N | --seconds S] [--rate N] [--watch PID,…]
///     bench-load URL … --sessions N   opens N sessions and holds them, each with its connection, until it is ended
///     bench-load URL … --streams N    the same, with an open stream in each of them
///
/// Clients are spread over the URLs.
@main
enum BenchLoad {
    static func main() throws {
        let options = LoadOptions(Arguments())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let report = try LoadRun(options, on: group.next()).start().wait()
        StandardOutput.write(line: report.json)
    }
}
