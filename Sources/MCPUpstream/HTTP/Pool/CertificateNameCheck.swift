import Addresses
import NIOCore
import NIOSSL
import NIOTLS

/// Says that the handshake is complete only when the server's certificate is for the host that was asked for
/// ([RFC 9525](https://www.rfc-editor.org/rfc/rfc9525)). BoringSSL has checked the chain before.
///
/// Requests are written once the handshake is complete, so nothing is sent to another server. NIOSSL's own check takes
/// the address in a certificate for the name that was asked for, when that name leads there.
final class CertificateNameCheck: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    /// The certificate is for somebody else.
    struct OtherName: Error, CustomStringConvertible {
        let expected: HTTPOrigin.Host
        let found: CertificateNames

        var description: String {
            "its TLS certificate is for another name: expected \(expected), the certificate has \(found)"
        }
    }

    private let host: HTTPOrigin.Host

    init(_ host: HTTPOrigin.Host) {
        self.host = host
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .some(.handshakeCompleted) = event as? TLSUserEvent {
            do {
                try check(context)
            } catch {
                context.fireErrorCaught(error)
                return context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func check(_ context: ChannelHandlerContext) throws {
        let certificate = try context.pipeline.syncOperations.nioSSL_peerCertificate()
        let names = certificate.map(CertificateNames.init) ?? CertificateNames()
        guard names.match(host) else { throw OtherName(expected: host, found: names) }
    }
}

extension CertificateNames {
    fileprivate init(_ certificate: NIOSSLCertificate) {
        self.init()
        for name in certificate._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: names.append(Array(name.contents))
            case .ipAddress: addresses.append(Array(name.contents))
            default: continue
            }
        }
    }
}
