import Logging
import MCPCore
import NIOHTTP1

/// One line in the log for every change that was asked for, done or not. Says nothing of configurations.
struct ManagementAudit: Sendable {
    /// The longest part of a name that is logged.
    private static let maximumNameBytes = 64

    let logger: Logger

    /// Holds what a line is about, as far as that is known.
    struct Record: Sendable {
        /// Which change, in a word.
        let change: String
        /// Who asked; nobody that is known at first.
        var principal = "unknown"
        var server: String?
        var group: String?

        /// A server that a client brings with its session.
        static let adHoc = Record(change: "ad-hoc")

        private init(change: String) {
            self.change = change
        }

        init(change: String, path: ManagementPath) {
            self.change = change
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
        var metadata: Logger.Metadata = [
            "principal": "\(record.principal)", "change": "\(record.change)", "outcome": "\(outcome)",
            "status": "\(status.code)",
        ]
        if let server = record.server { metadata["server"] = "\(Self.shown(server))" }
        if let group = record.group { metadata["group"] = "\(Self.shown(group))" }
        logger.notice("management", metadata: metadata)
    }

    /// Returns a name as it may be logged: what stands behind a slash may be a token (`fetch/{token}`).
    private static func shown(_ name: String) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let masked = parts.enumerated().map { $0 == 0 ? String($1) : "***" }.joined(separator: "/")
        return PrintableText.make(masked, maximumBytes: maximumNameBytes)
    }
}
