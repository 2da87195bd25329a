package import Logging
import MCPCore
package import MCPValues
import NIOCore
import Synchronization

/// What a route demands of requests, apart from who may make them.
package struct RoutePolicy: Sendable {
    package var toolFilter: ToolFilter?
    /// Whether each request leaves one line in the log.
    package var logsRequests: Bool

    package init(toolFilter: ToolFilter? = nil, logsRequests: Bool = false) {
        self.toolFilter = toolFilter
        self.logsRequests = logsRequests
    }
}

/// A client-visible path and the server behind it.
package final class Route: Sendable {
    /// The server's key in the configuration; may hold slashes.
    package let name: String
    private let currentPolicy: Mutex<RoutePolicy>
    package let server: ServerConnections
    /// Whether everybody who may see which servers there are sees it; not so when it is one caller's own.
    package let isListed: Bool
    private let logger: Logger

    package init(
        name: String, policy: RoutePolicy, server: ServerConnections, isListed: Bool = true, logger: Logger
    ) {
        self.name = name
        self.isListed = isListed
        self.currentPolicy = Mutex(policy)
        self.server = server
        self.logger = logger
    }

    /// What holds for requests from now on, also for those of sessions that are open.
    package var policy: RoutePolicy {
        get { currentPolicy.withLock { $0 } }
        set { currentPolicy.withLock { $0 = newValue } }
    }

    /// Why a tool that is not shown is not called; leaves a line in the log.
    func refuse(hidden tool: String, in request: Message) -> Refusal {
        log(method: request.methodName, tool: tool, elapsed: .zero, outcome: "filtered")
        return Refusal(.invalidParams, "Unknown tool: \(tool)")
    }

    /// Leaves the line that `logEnabled` promises: what was asked and how it went, never with what.
    func log(method: String, tool: String?, elapsed: TimeAmount, outcome: String) {
        guard policy.logsRequests else { return }
        let milliseconds = Double(elapsed.nanoseconds / 10_000) / 100
        var metadata: Logger.Metadata = [
            "server": "\(server.displayName)", "method": "\(method)", "ms": "\(milliseconds)", "outcome": "\(outcome)",
        ]
        if let tool { metadata["tool"] = "\(tool)" }
        logger.info("request", metadata: metadata)
    }
}
