import MCPTestSupport
import NIOCore
import NIOPosix
import Testing

@testable import MCPFrontEnd

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// When a listener stops to accept. A process without descriptors cannot be tested: it is ended by libdispatch, which has
/// to open files.
@Suite(.timeLimit(.minutes(1))) struct AcceptPauseTests {
    private final class Taker: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let taken: EventQueue<any Channel>
        init(_ taken: EventQueue<any Channel>) { self.taken = taken }
        func channelActive(context: ChannelHandlerContext) { taken.add(context.channel) }
    }

    private let taken = EventQueue<any Channel>()

    private func listener(mostOpen: Int) async throws -> any Channel {
        try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(mostOpen: mostOpen, logger: .silent))
                }
            }
            .childChannelInitializer { [taken] channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Taker(taken)) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    private func isReading(_ listener: any Channel) async throws -> Bool {
        try await listener.getOption(.autoRead).get()
    }

    @Test("When the system has no more files nothing is tried for a moment, and then connections are taken again")
    func shortage() async throws {
        let listener = try await listener(mostOpen: 10)
        listener.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
        #expect(try await isReading(listener) == false)
        let client = try await RawClient(port: listener.localAddress?.port ?? 0)
        _ = try await taken.next()
        #expect(try await isReading(listener))
        try await client.close()
        try await listener.close()
    }

    @Test("What comes beyond the most that may be open waits until one of these is closed")
    func full() async throws {
        let listener = try await listener(mostOpen: 2)
        let port = listener.localAddress?.port ?? 0
        // One by one, since a read of the listener takes several.
        let first = try await RawClient(port: port)
        let firstTaken = try await taken.next()
        let second = try await RawClient(port: port)
        _ = try await taken.next()
        #expect(try await isReading(listener) == false)
        let third = try await RawClient(port: port)
        try await firstTaken.close()
        _ = try await taken.next()
        for client in [first, second, third] { try await client.close() }
        try await listener.close()
    }
}
