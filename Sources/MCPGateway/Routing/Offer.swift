package import Logging
import MCPCore
package import MCPValues
import NIOCore
import Synchronization

/// A server as it is offered somewhere, and what of it is shown there.
package struct Member: Sendable {
    package let server: ServerConnections
    /// Which of its tools are shown; nil for all.
    package let toolFilter: ToolFilter?

    package init(_ server: ServerConnections, toolFilter: ToolFilter? = nil) {
        self.server = server
        self.toolFilter = toolFilter
    }
}

/// What there is for clients at a path. A server's own path offers that server alone.
package final class Offer: Sendable {
    /// What may change while sessions are open, and holds for their requests from then on.
    private struct Terms {
        var member: Member
        var logsRequests: Bool
    }

    /// The server's key in the configuration; may hold slashes.
    package let name: String
    /// Whether everybody who may see which servers there are sees it; not so when it is one caller's own.
    package let isListed: Bool
    private let terms: Mutex<Terms>
    private let logger: Logger

    /// - Parameter logsRequests: Whether each request leaves one line in the log.
    package init(
        name: String, _ member: Member, logsRequests: Bool = false, isListed: Bool = true, logger: Logger
    ) {
        self.name = name
        self.isListed = isListed
        self.terms = Mutex(Terms(member: member, logsRequests: logsRequests))
        self.logger = logger
    }

    package var member: Member { terms.withLock { $0.member } }
    package var logsRequests: Bool { terms.withLock { $0.logsRequests } }

    /// Shows other tools of its server from now on.
    package func show(_ toolFilter: ToolFilter?, logsRequests: Bool) {
        terms.withLock {
            $0 = Terms(member: Member($0.member.server, toolFilter: toolFilter), logsRequests: logsRequests)
        }
    }

    /// Why a tool that is not shown is not called; leaves a line in the log.
    func refuse(hidden tool: String, in request: Message) -> Refusal {
        log(method: request.methodName, tool: tool, elapsed: .zero, outcome: "filtered")
        return Refusal(.invalidParams, "Unknown tool: \(tool)")
    }

    /// Leaves the line that `logEnabled` promises: what was asked and how it went, never with what.
    func log(method: String, tool: String?, elapsed: TimeAmount, outcome: String) {
        guard logsRequests else { return }
        let milliseconds = Double(elapsed.nanoseconds / 10_000) / 100
        var metadata: Logger.Metadata = [
            "server": "\(member.server.displayName)", "method": "\(method)", "ms": "\(milliseconds)",
            "outcome": "\(outcome)",
        ]
        if let tool { metadata["tool"] = "\(tool)" }
        logger.info("request", metadata: metadata)
    }
}
