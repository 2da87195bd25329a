package import MCPCore

/// What is known of a server at one moment.
package struct ServerFacts: Sendable, Equatable {
    package let name: String
    package var state = ""
    /// When it came to that state, in seconds since 1970.
    package var since: Double?
    package var era: String?
    package var transport: String?
    package var restarts: Int?
    /// Why it, or a call, failed last, or what it waits for.
    package var trouble: String?
    package var inFlight: Int?
    package var queued: Int?
    /// Calls that have ended, those that failed, and how long all of them took; nil where nobody tells.
    package var calls: Double?
    package var errors: Double?
    package var times = TimeClasses()
    /// What its processes take.
    package var memory: Double?
    package var processorSeconds: Double?

    package init(name: String) {
        self.name = name
    }

    /// Reads what the management API says of it.
    package init(name: String, _ server: JSONView) {
        self.name = name
        server.forEachMember { member, value in
            switch member {
            case "state": state = value.string ?? ""
            case "since": since = value.string.flatMap(ClockText.seconds)
            case "era": era = value.string
            case "transport": transport = value.string
            case "restarts": restarts = value.integer.map { Int($0) }
            case "callsInFlight": inFlight = value.integer.map { Int($0) }
            default: break
            }
        }
        trouble = Self.trouble(of: server)
    }

    /// What an operator has to know first.
    private static func trouble(of server: JSONView) -> String? {
        if let need = server["login"]?["needed"]?.string { return need }
        return server["error"]?.string ?? server["circuit"]?["error"]?.string ?? server["pendingChange"]?.string
            ?? server["withheld"]?["words"]?.string ?? server["callError"]?.string
    }
}
