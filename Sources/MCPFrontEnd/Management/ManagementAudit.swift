import Audit
import Logging
import MCPCore
import MCPGateway
import NIOHTTP1

/// One line in the log for every change that was asked for, done or not, and in the audit, where there is one. Says nothing
/// of configurations.
struct ManagementAudit: Sendable {
    /// The longest part of a name that is logged.
    private static let maximumNameBytes = 64

    let logger: Logger
    let trail: AuditTrail?

    /// Holds what a line is about, as far as that is known.
    struct Record: Sendable {
        /// Which change, in a word.
        let change: String
        /// Which request asked for it.
        let origin: RequestOrigin
        /// Who asked; nobody that is known at first.
        var principal = "unknown"
        var server: String?
        var group: String?
        /// What else tells what is done, each as `key=value`.
        var details: [String] = []

        /// A server that a client brings with its session.
        static func adHoc(_ origin: RequestOrigin) -> Record { Record(change: "ad-hoc", origin) }

        /// A login that somebody ends in a browser.
        static func finishedLogin(_ origin: RequestOrigin) -> Record { Record(change: "login", origin) }

        private init(change: String, _ origin: RequestOrigin) {
            self.change = change
            self.origin = origin
        }

        init(change: String, path: ManagementPath, _ origin: RequestOrigin) {
            self.init(change: change, origin)
            if case .group(let name) = path { group = name }
            if case .approval(let name) = path { server = name }
            guard case .named(let text) = path else { return }
            server = ServerAction.split(text).flatMap { $0.action.rawValue == change ? $0.name : nil } ?? text
        }
    }

    /// Notes a change that was made.
    func note(_ record: Record, status: HTTPResponseStatus) {
        write(record, "done", status)
    }

    /// Notes a change that was refused or did not succeed.
    func note(_ record: Record, _ problem: ManagementProblem) {
        write(record, problem.kind.name, problem.kind.status)
    }

    private func write(_ record: Record, _ outcome: String, _ status: HTTPResponseStatus) {
        var metadata = record.origin.facts
        metadata["principal"] = "\(record.principal)"
        metadata["change"] = "\(record.change)"
        metadata["outcome"] = "\(outcome)"
        metadata["status"] = "\(status.code)"
        if let server = record.server { metadata["server"] = "\(Self.shown(server))" }
        if let group = record.group { metadata["group"] = "\(Self.shown(group))" }
        if !record.details.isEmpty { metadata["details"] = "\(record.details.joined(separator: " "))" }
        logger.notice("management", metadata: metadata)
        trail?.note(audited(record, outcome))
    }

    /// Writes into the audit that a change begins, before anything is done.
    ///
    /// - Throws: when it cannot be written and nothing is to be done without that.
    func begin(_ record: Record) async throws(ManagementProblem) {
        guard let trail, let words = await trail.begin(audited(record, "begins")) else { return }
        throw ManagementProblem(.refused(.notAudited), words, headers: [("Retry-After", "5")])
    }

    private func audited(_ record: Record, _ outcome: String) -> AuditedChange {
        AuditedChange(
            request: record.origin.number, principal: record.principal, address: record.origin.address,
            change: record.change, server: record.server.map(Self.shown), group: record.group.map(Self.shown),
            outcome: outcome, details: record.details)
    }

    /// Returns a name as it may be logged: what stands behind a slash may be a token (`fetch/{token}`).
    private static func shown(_ name: String) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let masked = parts.enumerated().map { $0 == 0 ? String($1) : "***" }.joined(separator: "/")
        return PrintableText.make(masked, maximumBytes: maximumNameBytes)
    }
}
