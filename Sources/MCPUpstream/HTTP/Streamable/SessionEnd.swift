import NIOCore
import NIOHTTP1

/// Tells the server that a session is over, and does not wait for long.
final class SessionEnd: HTTPResponseReceiver {
    private var exchange: HTTPExchange?
    private var timer: Scheduled<Void>?
    private var whenDone: (() -> Void)?
    private let census: LinkCensus?

    init(_ request: HTTPUpstreamRequest, _ way: RequestWay, whenDone: @escaping () -> Void) {
        self.whenDone = whenDone
        census = way.pool.settings.census
        census?.begin()
        exchange = way.send(request, self)
        timer = way.pool.eventLoop.assumeIsolated().scheduleTask(in: way.pool.settings.sessionEndTimeout) {
            self.finish()
        }
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
