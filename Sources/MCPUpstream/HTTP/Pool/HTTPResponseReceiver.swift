import NIOCore
import NIOHTTP1

/// Hears the answer to one request, on the event loop of the request's pool.
///
/// A head, any number of body parts, then the end; or, at any point, the failure. After the end, the failure or a
/// cancellation nothing more comes.
protocol HTTPResponseReceiver: AnyObject {
    func receive(head: HTTPResponseHead, of exchange: HTTPExchange)
    func receive(body: ByteBuffer, of exchange: HTTPExchange)
    func receiveEnd(of exchange: HTTPExchange)
    func receive(failure: UpstreamFailure, of exchange: HTTPExchange)
}
