import NIOSSL
import Synchronization

/// Holds what a listener shows its clients: a certificate, which may be replaced while it serves. Connections keep the
/// one with which they were opened.
package final class ListenerTLS: Sendable {
    private let certificate: Mutex<ServingCertificate>

    package init(_ certificate: ServingCertificate) {
        self.certificate = Mutex(certificate)
    }

    /// The one that the next client is shown.
    package var current: ServingCertificate { certificate.withLock { $0 } }

    /// Shows another one from now on.
    package func replace(with new: ServingCertificate) {
        certificate.withLock { $0 = new }
    }
}
