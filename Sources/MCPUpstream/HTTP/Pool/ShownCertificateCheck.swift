import NIOCore
import NIOSSL
import NIOTLS

/// Says that the handshake is complete only when the server has shown the one certificate that it is known by. Whoever shows
/// it has its key: the handshake is signed with that.
final class ShownCertificateCheck: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    /// The server has another certificate.
    struct OtherCertificate: Error, CustomStringConvertible {
        var description: String {
            "it shows another TLS certificate than that of the file in its configuration (tls.certificateFile)"
        }
    }

    private let expected: NIOSSLCertificate

    init(_ expected: NIOSSLCertificate) {
        self.expected = expected
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent {
            do {
                guard try context.pipeline.syncOperations.nioSSL_peerCertificate() == expected else {
                    throw OtherCertificate()
                }
            } catch {
                context.fireErrorCaught(error)
                return context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }
}
