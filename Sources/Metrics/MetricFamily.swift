/// What is measured under one name, and by which labels.
package struct MetricFamily: Sendable, Equatable {
    /// Says how its values change.
    package enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// As Prometheus knows it: the name of a counter ends in `_total`.
    package let name: String
    /// How its values change.
    package let kind: Kind
    /// The labels of each series, in the order in which their values are given.
    package let labels: [String]
    /// What it is, for people.
    package let help: String

    init(_ name: String, _ kind: Kind, _ labels: [String] = [], _ help: String) {
        self.name = name
        self.kind = kind
        self.labels = labels
        self.help = help
    }
}

// MARK: - Requests

extension MetricFamily {
    package static let requests = MetricFamily(
        "mcp_proxy_requests_total", .counter, ["server", "method", "outcome", "client_era"],
        "Requests of clients that have ended.")
    package static let requestTimes = MetricFamily(
        "mcp_proxy_request_seconds", .histogram, ["server", "method"],
        "How long requests took, from when they were read until they were answered.")
    package static let toolCalls = MetricFamily(
        "mcp_proxy_tool_calls_total", .counter, ["server", "tool", "outcome"],
        "Calls of tools that have ended. Those of tools that the server does not list, or that are too many, are other."
    )
    package static let toolTimes = MetricFamily(
        "mcp_proxy_tool_call_seconds", .histogram, ["server", "tool", "outcome"], "How long calls of tools took.")
    package static let refusals = MetricFamily(
        "mcp_proxy_refusals_total", .counter, ["reason"], "Requests that the proxy has refused, by why.")
    package static let bytes = MetricFamily(
        "mcp_proxy_bytes_total", .counter, ["direction", "side"],
        "Bytes that the proxy has read (in) and written (out), at clients and at servers.")
}

// MARK: - What there is now

extension MetricFamily {
    package static let inFlight = MetricFamily(
        "mcp_proxy_requests_in_flight", .gauge, ["server"], "Requests that are under way.")
    package static let queued = MetricFamily(
        "mcp_proxy_requests_queued", .gauge, ["server"], "Requests that wait until their server is ready for them.")
    package static let sessions = MetricFamily("mcp_proxy_sessions", .gauge, [], "Sessions of clients that are open.")
    package static let streams = MetricFamily(
        "mcp_proxy_streams", .gauge, [], "Event streams to clients that are open.")
    package static let suspendedCalls = MetricFamily(
        "mcp_proxy_suspended_calls", .gauge, [],
        "Calls that wait for their clients to bring what the server has asked for.")
}

// MARK: - Servers

extension MetricFamily {
    package static let upstreamState = MetricFamily(
        "mcp_proxy_upstream_state", .gauge, ["server", "state"],
        "1 for the state in which a server is, and 0 for all others.")
    package static let restarts = MetricFamily(
        "mcp_proxy_upstream_restarts_total", .counter, ["server"], "How often a server was started again.")
    package static let processMemory = MetricFamily(
        "mcp_proxy_upstream_process_memory_bytes", .gauge, ["server"],
        "Resident memory of a server's processes, all that it has started included.")
    package static let processTime = MetricFamily(
        "mcp_proxy_upstream_process_cpu_seconds_total", .counter, ["server"],
        "Processor time of a server's processes, all that it has started included.")
    package static let refreshes = MetricFamily(
        "mcp_proxy_oauth_refreshes_total", .counter, ["server", "outcome"],
        "Tokens for a server that were renewed or got, by whether that succeeded (ok), failed for now (failed), or for good (ended)."
    )
}

// MARK: - What was lost

extension MetricFamily {
    package static let orphanAnswers = MetricFamily(
        "mcp_proxy_orphan_answers_total", .counter, [], "Answers of servers for which nobody waited any more.")
    package static let droppedEvents = MetricFamily(
        "mcp_proxy_dropped_events_total", .counter, [], "Messages to clients that were too slow to take them.")
    package static let droppedLines = MetricFamily(
        "mcp_proxy_log_lines_dropped_total", .counter, [], "Lines of the log that could not be written.")
    package static let droppedAuditLines = MetricFamily(
        "mcp_proxy_audit_lines_dropped_total", .counter, [], "Lines of the audit that could not be written.")
    package static let droppedSpans = MetricFamily(
        "mcp_proxy_spans_dropped_total", .counter, [], "Spans of traces that no collector has taken.")
}

// MARK: - The proxy itself

extension MetricFamily {
    package static let buildInfo = MetricFamily(
        "mcp_proxy_build_info", .gauge, ["version"], "Which version of the proxy this is.")
    package static let processorTime = MetricFamily(
        "process_cpu_seconds_total", .counter, [], "Processor time of the proxy itself.")
    package static let residentMemory = MetricFamily(
        "process_resident_memory_bytes", .gauge, [], "Resident memory of the proxy itself.")
    package static let virtualMemory = MetricFamily(
        "process_virtual_memory_bytes", .gauge, [], "Virtual memory of the proxy itself.")
    package static let openFiles = MetricFamily("process_open_fds", .gauge, [], "Files that the proxy has open.")
    package static let maximumFiles = MetricFamily(
        "process_max_fds", .gauge, [], "How many files the proxy may have open.")
    package static let startTime = MetricFamily(
        "process_start_time_seconds", .gauge, [], "When the proxy was started, in seconds since 1970.")

    /// All of them, in the order in which they are shown.
    package static let all = [
        requests, requestTimes, toolCalls, toolTimes, inFlight, queued, sessions, streams, suspendedCalls,
        upstreamState,
        restarts, processMemory, processTime, refusals, orphanAnswers, droppedEvents, droppedLines, droppedAuditLines,
        droppedSpans,
        refreshes, bytes,
        processorTime, residentMemory, virtualMemory, openFiles, maximumFiles, startTime, buildInfo,
    ]
}
