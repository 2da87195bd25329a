import MCPCore
import MCPFrontEnd

/// Tells once when a certificate will soon end, and once when it has.
struct CertificateExpiry {
    enum Stage: Comparable {
        case far
        case soon
        case ended

        /// How long before its end a certificate is to be renewed.
        static let notice = 14 * 24 * 60 * 60

        init(ends: Int, at now: Int) {
            self = now > ends ? .ended : ends - now <= Self.notice ? .soon : .far
        }

        /// What an operator is told; nil where there is nothing to do.
        func words(ends: Int) -> String? {
            let moment = UTCTime.text(seconds: ends)
            return switch self {
            case .far: nil
            case .soon:
                "the certificate that clients are shown (mcpProxy.tls) ends \(moment); renew it, the files are read "
                    + "again when they change"
            case .ended:
                "the certificate that clients are shown (mcpProxy.tls) has ended \(moment), so that they refuse it; "
                    + "renew it, the files are read again when they change"
            }
        }
    }

    private var ends: Int?
    private var told = Stage.far

    /// What to tell now; nil when there is nothing new.
    mutating func look(ends: Int, at now: Int) -> Stage? {
        if ends != self.ends { (self.ends, told) = (ends, .far) }
        let stage = Stage(ends: ends, at: now)
        guard stage > told else { return nil }
        told = stage
        return stage
    }
}
