import NIOSSL

/// Which servers are believed to be who they say they are.
package struct HTTPTrust: Sendable {
    private enum Kind: Sendable {
        case verified
        case unverified
        case custom(NIOSSLContext)
        case unusable(Unusable)
    }

    /// What was to be believed is not there, so nobody is.
    struct Unusable: Error, Hashable, CustomStringConvertible {
        let description: String
    }

    private let kind: Kind

    private init(_ kind: Kind) {
        self.kind = kind
    }

    /// Those with a certificate for their name from an authority that the system trusts.
    package static let verified = HTTPTrust(.verified)
    /// All. For what an operator has asked for by name only.
    package static let unverified = HTTPTrust(.unverified)

    /// Those with a certificate for their name that a context of the caller's own accepts.
    static func custom(_ context: NIOSSLContext) -> HTTPTrust {
        HTTPTrust(.custom(context))
    }

    /// Nobody, because what was to be believed cannot be read, for this reason.
    package static func unusable(because reason: String) -> HTTPTrust {
        HTTPTrust(.unusable(Unusable(description: reason)))
    }

    // Reading the system's authorities takes milliseconds and megabytes: once per process, when first needed.
    private static let verifiedContext = makeContext(.noHostnameVerification)
    private static let unverifiedContext = makeContext(.none)

    /// Whether the certificate has to be for the host that was asked for, which `CertificateNameCheck` finds out: the
    /// contexts check the chain alone.
    var asksForNames: Bool {
        switch kind {
        case .verified, .custom, .unusable: true
        case .unverified: false
        }
    }

    private static func makeContext(_ verification: CertificateVerification) -> Result<NIOSSLContext, any Error> {
        Result { try NIOSSLContext(configuration: configuration(verification)) }
    }

    static func configuration(_ verification: CertificateVerification) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = verification
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }

    func context() throws -> NIOSSLContext {
        switch kind {
        case .verified: try Self.verifiedContext.get()
        case .unverified: try Self.unverifiedContext.get()
        case .custom(let context): context
        case .unusable(let reason): throw reason
        }
    }
}

extension HTTPTrust: Hashable {
    package static func == (left: HTTPTrust, right: HTTPTrust) -> Bool {
        switch (left.kind, right.kind) {
        case (.verified, .verified), (.unverified, .unverified): true
        case (.custom(let one), .custom(let other)): one === other
        case (.unusable(let one), .unusable(let other)): one == other
        case (.verified, _), (.unverified, _), (.custom, _), (.unusable, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch kind {
        case .verified: hasher.combine(0)
        case .unverified: hasher.combine(1)
        case .custom(let context): hasher.combine(ObjectIdentifier(context))
        case .unusable(let reason): hasher.combine(reason)
        }
    }
}
