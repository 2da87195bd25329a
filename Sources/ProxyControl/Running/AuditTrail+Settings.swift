import Audit
import Logging
import Metrics
import ProxyConfiguration

extension AuditTrail {
    /// The audit that settings ask for; nil where they ask for none.
    convenience init?(_ settings: ProxySettings, lost: Counter, logger: Logger) {
        guard let file = settings.audit.file else { return nil }
        let arguments: AuditRules.Arguments =
            switch settings.audit.arguments {
            case .none: .none
            case .redacted: .redacted
            case .full: .full
            }
        let rules = AuditRules(
            file: file, arguments: arguments, maximumBytes: settings.audit.maxBytes, keep: settings.audit.keep,
            refuses: settings.audit.onFailure == .refuse)
        self.init(rules, secrets: settings.ownTokens, lost: lost, logger: logger)
    }
}

extension ProxySettings {
    /// The tokens with which callers come to the proxy: what stands in arguments by mistake is not written down.
    var ownTokens: [String] {
        (allTokens + clients.flatMap(\.tokens)).map { $0.reveal() }
    }
}
