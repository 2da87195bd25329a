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

    /// Those of a system are hundreds of kilobytes and are looked up for every server. What was read once is compared by
    /// where it stands in memory; to hash it would be to read all of it.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(bytes.count)
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
    /// Returns the one with the first certificate of the text; nil if there is none.
    package static func shown(_ text: AuthorityText) -> HTTPTrust? {
        text.certificates?.first.map { shown($0) }
    }

    /// Returns those with a certificate for their name from one of these authorities.
    ///
    /// - Parameters:
    ///   - roots: What takes the place of the system's authorities; nil for those.
    ///   - others: What is believed besides.
    ///   - identity: A certificate and its key, which are shown to whoever asks for them.
    ///   - isVerified: Whether anybody is asked whose certificate he has.
    package static func authorities(
        _ roots: [AuthorityText]?, and others: [AuthorityText], showing identity: AuthorityText? = nil,
        isVerified: Bool = true
    ) -> HTTPTrust {
        guard roots != nil || !others.isEmpty || identity != nil else { return isVerified ? .verified : .unverified }
        var configuration = configuration(isVerified ? .noHostnameVerification : .none)
        if let roots { configuration.trustRoots = .certificates(roots.flatMap { $0.certificates ?? [] }) }
        for text in others {
            guard let certificates = text.certificates else {
                return .unusable(because: "\(text.name) holds no certificate in PEM")
            }
            configuration.additionalTrustRoots.append(.certificates(certificates))
        }
        if let identity {
            if let fault = fault(ofIdentity: identity) { return .unusable(because: fault) }
            configuration.show(identity)
        }
        do {
            return custom(try NIOSSLContext(configuration: configuration), asksForNames: isVerified)
        } catch {
            return .unusable(because: "the certificates of authorities cannot be used: \(error)")
        }
    }

    /// Says why a certificate and its key cannot be shown, in words; nil if they can.
    package static func fault(ofIdentity text: AuthorityText) -> String? {
        guard text.certificates != nil else { return "\(text.name) holds no certificate in PEM" }
        guard text.key != nil else { return "\(text.name) holds no private key in PEM, or one with a password" }
        var configuration = configuration(.none)
        configuration.show(text)
        // Both can be read, so what is wrong is that they are not one's.
        guard (try? NIOSSLContext(configuration: configuration)) != nil else {
            return "\(text.name) holds another key than that of the certificate"
        }
        return nil
    }
}

extension AuthorityText {
    fileprivate var key: NIOSSLPrivateKey? {
        // What cannot be read is told as that; the library's words say no more.
        try? NIOSSLPrivateKey(bytes: bytes, format: .pem)
    }
}

extension TLSConfiguration {
    /// Shows a certificate, and those between it and its authority, to whoever asks for one.
    fileprivate mutating func show(_ identity: AuthorityText) {
        certificateChain = (identity.certificates ?? []).map { .certificate($0) }
        privateKey = identity.key.map { .privateKey($0) }
    }
}
