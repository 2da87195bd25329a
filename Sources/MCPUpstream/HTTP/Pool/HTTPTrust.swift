import Addresses
import NIOCore
import NIOSSL

/// Says which servers are believed to be who they say they are.
package struct HTTPTrust: Sendable {
    private enum Kind: Sendable {
        case verified
        case unverified
        case custom(NIOSSLContext, asksForNames: Bool)
        case shown(NIOSSLCertificate)
        case unusable(Unusable)
    }

    /// Those who were to be believed are not there, so nobody is believed.
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

    /// Returns those with a certificate for their name that a context of the caller's own accepts.
    ///
    /// - Parameter asksForNames: Whether it is looked at whose name is on it, and not at the chain alone.
    static func custom(_ context: NIOSSLContext, asksForNames: Bool = true) -> HTTPTrust {
        HTTPTrust(.custom(context, asksForNames: asksForNames))
    }

    /// Nobody, because what was to be believed cannot be read, for this reason.
    package static func unusable(because reason: String) -> HTTPTrust {
        HTTPTrust(.unusable(Unusable(description: reason)))
    }

    // Reading the system's authorities takes milliseconds and megabytes: once per process, when first needed.
    private static let verifiedContext = makeContext(.noHostnameVerification)
    private static let unverifiedContext = makeContext(.none)

    /// Returns the one with exactly this certificate, whatever names are on it and whoever has signed it.
    static func shown(_ certificate: NIOSSLCertificate) -> HTTPTrust {
        HTTPTrust(.shown(certificate))
    }

    /// Returns what looks at the certificate when the handshake is complete: the contexts check the chain alone, or
    /// nothing.
    func check(for host: HTTPOrigin.Host) -> (any ChannelHandler)? {
        switch kind {
        case .verified, .custom(_, asksForNames: true), .unusable: CertificateNameCheck(host)
        case .shown(let certificate): ShownCertificateCheck(certificate)
        case .unverified, .custom(_, asksForNames: false): nil
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
        case .unverified, .shown: try Self.unverifiedContext.get()
        case .custom(let context, _): context
        case .unusable(let reason): throw reason
        }
    }
}

extension HTTPTrust: Hashable {
    package static func == (left: HTTPTrust, right: HTTPTrust) -> Bool {
        switch (left.kind, right.kind) {
        case (.verified, .verified), (.unverified, .unverified): true
        case (.custom(let one, _), .custom(let other, _)): one === other
        case (.unusable(let one), .unusable(let other)): one == other
        case (.shown(let one), .shown(let other)): one == other
        case (.verified, _), (.unverified, _), (.custom, _), (.shown, _), (.unusable, _): false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch kind {
        case .verified: hasher.combine(0)
        case .unverified: hasher.combine(1)
        case .custom(let context, _): hasher.combine(ObjectIdentifier(context))
        case .unusable(let reason): hasher.combine(reason)
        case .shown(let certificate): hasher.combine(certificate)
        }
    }
}
