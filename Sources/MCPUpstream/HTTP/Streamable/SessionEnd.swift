import NIOCore
import NIOHTTP1

/// Tells the server that a session is over, and does not wait for long.
final class SessionEnd: HTTPResponseReceiver {
    private var exchange: HTTPExchange?
    private var timer: Scheduled<Void>?
    private var whenDone: (() -> Void)?
    private let census: LinkCensus?

    init(_ request: HTTPUpstreamRequest, _ pool: HTTPConnectionPool, whenDone: @escaping () -> Void) {
        self.whenDone = whenDone
        census = pool.settings.census
        census?.begin()
        exchange = pool.send(request, self)
        timer = pool.eventLoop.assumeIsolated().scheduleTask(in: pool.settings.sessionEndTimeout) { self.finish() }
    }

    // Servers may answer 405, or anything: there is nothing more to be done about it.
    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) { finish() }
    func receive(body: ByteBuffer, of exchange: HTTPExchange) {}
    func receiveEnd(of exchange: HTTPExchange) { finish() }
    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) { finish() }

    private func finish() {
        timer?.cancel()
        exchange?.cancel()
        exchange = nil
        guard let done = whenDone else { return }
        whenDone = nil
        census?.end()
        done()
    }
}
