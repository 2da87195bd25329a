import BenchmarkKit
import NIOCore
import NIOHTTP1
import NIOPosix

/// The least that can stand between HTTP and a program: one program, one event loop, numbers replaced, and nothing
/// checked. What a proxy costs beyond it is the price of what it does beyond it.
///
///     bench-bridge PROGRAM [ARGUMENT …]
@main
enum BenchBridge {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        guard !words.isEmpty else { Arguments.refuse("usage: bench-bridge PROGRAM [ARGUMENT …]") }
        let program = ChildProgram(words)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let child = ChildHandler()
        let pipe = try NIOPipeBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(child) }
            }
            .takingOwnershipOfDescriptors(input: program.output, output: program.input).wait()
        let listener = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(ClientHandler(child))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        StandardOutput.write(line: "listening \(listener.localAddress?.port ?? 0)")
        try pipe.closeFuture.wait()
    }
}
