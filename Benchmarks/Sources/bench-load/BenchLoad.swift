import BenchmarkKit
import NIOCore
import NIOPosix

/// Calls a tool over and over and looks at every answer. The first wrong one ends the run with an error.
///
///     bench-load URL [--era legacy|modern] [--method call|list] [--accept both|json|event] [--clients N] [--size N]
///                    [--event 1] [--warm-up N] [--calls N | --seconds S] [--rate N] [--watch PID,…]
///     bench-load URL --streams N      opens N idle streams and holds them until it is ended
@main
enum BenchLoad {
    static func main() throws {
        let options = LoadOptions(Arguments())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let report = try LoadRun(options, on: group.next()).start().wait()
        StandardOutput.write(line: report.json)
    }
}
