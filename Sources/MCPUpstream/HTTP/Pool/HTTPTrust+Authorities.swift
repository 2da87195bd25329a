import NIOSSL

/// Certificates of authorities, as files hold them (PEM).
package struct AuthorityText: Hashable, Sendable {
    /// What messages call it, such as the name of the file.
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Whether there is a certificate in it, and nothing that cannot be read.
    package var isUsable: Bool { certificates != nil }

    fileprivate var certificates: [NIOSSLCertificate]? {
        // What cannot be read is told as that; the library's words say no more.
        guard let found = try? NIOSSLCertificate.fromPEMBytes(bytes), !found.isEmpty else { return nil }
        return found
    }
}

extension HTTPTrust {
    /// The one with the first certificate of the text; nil if there is none.
    package static func shown(_ text: AuthorityText) -> HTTPTrust? {
        text.certificates?.first.map { shown($0) }
    }

    /// Those with a certificate for their name from one of these authorities.
    ///
    /// - Parameters:
    ///   - roots: What takes the place of the system's authorities; nil for those.
    ///   - others: What is believed besides.
    package static func authorities(_ roots: [AuthorityText]?, and others: [AuthorityText]) -> HTTPTrust {
        guard roots != nil || !others.isEmpty else { return .verified }
        var configuration = configuration(.noHostnameVerification)
        if let roots { configuration.trustRoots = .certificates(roots.flatMap { $0.certificates ?? [] }) }
        for text in others {
            guard let certificates = text.certificates else {
                return .unusable(because: "\(text.name) holds no certificate in PEM")
            }
            configuration.additionalTrustRoots.append(.certificates(certificates))
        }
        do {
            return custom(try NIOSSLContext(configuration: configuration))
        } catch {
            return .unusable(because: "the certificates of authorities cannot be used: \(error)")
        }
    }
}
