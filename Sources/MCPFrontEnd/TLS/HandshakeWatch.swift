import NIOCore
import NIOSSL
import NIOTLS

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Waits for the end of a handshake, says whose certificate the client has shown, and goes.
final class HandshakeWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    /// Says that what the client sends can be read from now on.
    struct Secured: Sendable {
        /// What the client has shown and BoringSSL has verified; nil where it has shown none.
        let certificate: ClientCertificate?
    }

    /// The certificate was in force when the client came first, and BoringSSL does not look again when it comes back with a
    /// ticket for the same session (RFC 8446, 4.6.1).
    private struct Expired: Error, CustomStringConvertible {
        let description = "it has expired"
    }

    private let listener: HTTPListener

    init(_ listener: HTTPListener) {
        self.listener = listener
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .some(.handshakeCompleted) = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        do {
            let shown = try context.pipeline.syncOperations.nioSSL_peerCertificate()
            let certificate = try shown.map(ClientCertificate.init)
            if let certificate, certificate.ends < time(nil) { throw Expired() }
            context.fireUserInboundEventTriggered(Secured(certificate: certificate))
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
        } catch {
            failed("the client's certificate cannot be used: \(error)", context.channel)
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failed("\(error)", context.channel)
        context.close(promise: nil)
    }

    /// Tells of a client that has not come in.
    func failed(_ reason: String, _ channel: any Channel) {
        listener.noteFailedHandshake(reason, channel)
    }
}
