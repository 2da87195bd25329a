import NIOSSL

/// Which servers are believed to be who they say they are.
package struct HTTPTrust: Sendable {
    private enum Kind: Sendable {
        case verified
        case unverified
        case custom(NIOSSLContext)
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

    // Reading the system's authorities takes milliseconds and megabytes: once per process, when first needed.
    private static let verifiedContext = makeContext(.noHostnameVerification)
    private static let unverifiedContext = makeContext(.none)

    /// Whether the certificate has to be for the host that was asked for, which `CertificateNameCheck` finds out: the
    /// contexts check the chain alone.
    var asksForNames: Bool {
        switch kind {
        case .verified, .custom: true
        case .unverified: false
        }
    }

    private static func makeContext(_ verification: CertificateVerification) -> Result<NIOSSLContext, any Error> {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = verification
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return Result { try NIOSSLContext(configuration: configuration) }
    }

    func context() throws -> NIOSSLContext {
        switch kind {
        case .verified: try Self.verifiedContext.get()
        case .unverified: try Self.unverifiedContext.get()
        case .custom(let context): context
        }
    }
}
