import Addresses
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Says what a broken connection means for the exchange on it, in words for the operator. It names origins only: paths
/// and headers may hold secrets.
enum HTTPConnectionFailure {
    /// The connection could not be made, so nothing can have been sent.
    static func connecting(_ error: (any Error)?, origin: HTTPOrigin) -> UpstreamFailure {
        if let forbidden = forbiddenAddress(error) {
            return Self.forbidden(forbidden, origin: origin, nothingSent: true)
        }
        let words = "\(origin) cannot be reached: \(reason(error))"
        guard let tunnel = error as? TunnelFailure, tunnel.isOfGuarded else {
            var failure = UpstreamFailure(.notReachable, words, nothingSent: true)
            failure.isNotBelieved = isNotBelieved(error)
            return failure
        }
        let shown = tunnel.words(calling: "the HTTP proxy of the operator") { reason($0) }
        return UpstreamFailure(
            .notReachable, "\(origin) cannot be reached: \(shown)", forTheLog: words, nothingSent: true)
    }

    /// A guard lets nobody connect there. What a name stands for is for the log only: it tells of the operator's network.
    static func forbidden(
        _ forbidden: ForbiddenAddress, origin: HTTPOrigin, nothingSent: Bool
    ) -> UpstreamFailure {
        let full = "\(origin) is not called: \(forbidden.reason)"
        switch (origin.host, forbidden.subject) {
        case (.address, _), (.name, .url): return UpstreamFailure(.notReachable, full, nothingSent: nothingSent)
        case (.name, .address):
            return UpstreamFailure(
                .notReachable,
                "\(origin) is not called: its name stands for an address that is not allowed; the proxy's log says "
                    + "which, and the operator may add it to \(AddressGuard.setting)",
                forTheLog: full, nothingSent: nothingSent)
        }
    }

    /// Returns what a guard has said, of the host itself or of what its name stands for.
    private static func forbiddenAddress(_ error: (any Error)?) -> ForbiddenAddress? {
        let cause = (error as? NIOConnectionError)?.dnsAAAAError ?? error
        return cause as? ForbiddenAddress
    }

    /// Says what an error means on a connection that had been given a request.
    static func during(_ error: any Error, origin: HTTPOrigin, headCame: Bool) -> UpstreamFailure {
        switch error as? HTTPParserError {
        case .headerOverflow?:
            UpstreamFailure(.unreadable, "\(origin) answered with more or longer header fields than allowed")
        case .invalidEOFState?, .closedConnection?, nil:
            lost(origin: origin, headCame: headCame)
        case .some(let error):
            UpstreamFailure(.unexpectedHTTPAnswer, "\(origin) answered with something that is not HTTP/1.1 (\(error))")
        }
    }

    static func lost(origin: HTTPOrigin, headCame: Bool) -> UpstreamFailure {
        let when = headCame ? "in the middle of its answer" : "before it answered"
        return UpstreamFailure(.connectionLost, "the connection to \(origin) was lost \(when)")
    }

    static func silent(origin: HTTPOrigin) -> UpstreamFailure {
        UpstreamFailure(.timedOut, "\(origin) did not begin to answer in time")
    }

    private static func isNotBelieved(_ error: (any Error)?) -> Bool {
        switch error {
        case is CertificateNameCheck.OtherName, is ShownCertificateCheck.OtherCertificate, is HTTPTrust.Unusable: true
        case let error as NIOSSLError: if case .handshakeFailed = error { true } else { false }
        default: false
        }
    }

    private static func reason(_ error: (any Error)?) -> String {
        switch error {
        case nil: "it closed the connection at once"
        case let error as NIOConnectionError: reason(error)
        case let error as IOError: systemReason(error)
        case let error as ChannelError: reason(error)
        case let error as CertificateNameCheck.OtherName: error.description
        case let error as ShownCertificateCheck.OtherCertificate: error.description
        case let error as HTTPTrust.Unusable: error.description
        case let error as TunnelFailure: error.words { reason($0) }
        case let error as HTTPConnector.UnusableProxy: error.words
        case is AddressLookup.NoAddress: "its name cannot be resolved"
        case let error?: certificateReason(String(describing: error)) ?? "the TLS handshake failed"
        }
    }

    private static func reason(_ error: ChannelError) -> String {
        switch error {
        case .connectTimeout: "it did not answer in time"
        default: "the connection broke"
        }
    }

    private static func reason(_ error: NIOConnectionError) -> String {
        if let first = error.connectionErrors.first { return reason(first.error) }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "its name cannot be resolved" }
        return "it did not answer in time"
    }

    /// Returns the system's words, such as "Connection refused", without the name of the call and the number.
    private static func systemReason(_ error: IOError) -> String {
        let text = error.description
        let words = text.firstRange(of: " (errno").map { text[..<$0.lowerBound] } ?? text[...]
        let reason = words.firstRange(of: ": ").map { words[$0.upperBound...] } ?? words
        return String(reason.last == ")" ? reason.dropLast() : reason)
    }

    private static func certificateReason(_ text: String) -> String? {
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return "its TLS certificate is not trusted" }
        if text.contains("WRONG_VERSION_NUMBER") { return "it does not speak TLS; is it an http:// server?" }
        return nil
    }
}
