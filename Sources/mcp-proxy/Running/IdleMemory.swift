import CProxySystem
import NIOCore

/// Gives memory back when there is nothing to do, twice after each time that there was: what sessions keep for clients
/// that are away becomes free a while later.
///
/// While there is work, freed memory is kept, since giving it back and asking for it again costs more than a large
/// message itself.
struct IdleMemory {
    /// Below this share of one processor there is nothing to do.
    private static let idleShare = 0.01

    private let eventLoops: any EventLoopGroup
    private var lastTime = proxy_processor_milliseconds()
    private var timesGivenBack = 0

    /// Keeps freed memory from now on.
    ///
    /// - Parameter eventLoops: Those whose threads do the work.
    init(of eventLoops: any EventLoopGroup) {
        self.eventLoops = eventLoops
        proxy_keep_freed_memory()
    }

    /// Looks whether there was something to do.
    ///
    /// - Parameter interval: The time since the last look.
    mutating func look(after interval: Duration) {
        let time = proxy_processor_milliseconds()
        defer { lastTime = time }
        guard Double(time - lastTime) <= Double(interval.components.seconds) * 1_000 * Self.idleShare else {
            timesGivenBack = 0
            return
        }
        guard timesGivenBack < 2 else { return }
        timesGivenBack += 1
        for eventLoop in eventLoops.makeIterator() { eventLoop.execute { proxy_give_back_memory_of_thread() } }
        proxy_give_back_memory()
    }
}
