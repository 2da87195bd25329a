import AccessTokens
package import Logging
package import MCPUpstream
package import NIOCore

/// All issuers whose tokens are accepted.
package final class Issuers: Sendable {
    private struct Issuer: Sendable {
        let rules: IssuerRules
        let keys: IssuerKeys
        let introspector: Introspector?
    }

    private let all: [Issuer]

    /// - Parameters:
    ///   - egress: How issuers are reached.
    ///   - eventLoop: Where they are asked.
    package convenience init(
        _ settings: [IssuerSettings], egress: HTTPEgress, eventLoop: any EventLoop, clock: IssuerClock, logger: Logger
    ) {
        self.init(settings, clock: clock, logger: logger) { settings in
            IssuerRequests(settings, egress: egress, eventLoop: eventLoop)
        }
    }

    init(
        _ settings: [IssuerSettings], clock: IssuerClock, logger: Logger, source: (IssuerSettings) -> any IssuerSource
    ) {
        all = settings.map { settings in
            let source = source(settings)
            let report = IssuerReport(logger, issuer: settings.rules.issuer)
            return Issuer(
                rules: settings.rules, keys: IssuerKeys(settings.rules, source, clock, report),
                introspector: settings.introspection.map { _ in
                    Introspector(settings.rules, source, clock, IssuerReport(logger, issuer: settings.rules.issuer))
                })
        }
    }

    /// Their names, in the order of the configuration.
    package var names: [String] { all.map(\.rules.issuer) }

    /// Finds out whether a token is one of theirs that counts.
    ///
    /// - Parameter then: Is told, on any thread and once, where nil is returned: an issuer has to be asked first.
    package func judge(
        _ token: [UInt8], _ then: @escaping @Sendable (TokenOutcome) -> Void
    ) -> TokenOutcome? {
        guard token.count <= SignedToken.maximumBytes else { return .refused(.tooLong) }
        guard SignedToken.isMeant(token) else {
            // A token is shown to the one issuer that is asked for such, and to no other.
            guard let introspector = all.lazy.compactMap(\.introspector).first else { return .refused(.malformed) }
            return introspector.judge(token, then)
        }
        do throws(TokenFault) {
            let signed = try SignedToken(token)
            guard let name = signed.claimedIssuer else { return .refused(.claims) }
            guard let issuer = all.first(where: { $0.rules.isNamed(name) }) else { return .refused(.issuer) }
            return issuer.keys.judge(signed, then)
        } catch {
            return .refused(error)
        }
    }
}
