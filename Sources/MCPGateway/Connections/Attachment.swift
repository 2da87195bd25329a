import MCPCore
import MCPValues

/// A client that hears what belongs to no call.
protocol AttachedClient: AnyObject, Sendable {
    /// Takes a notification. Called on the connection's event loop.
    func hear(_ notification: Message)

    /// Ends, because what was told of the server does not hold any more. Called on the connection's event loop.
    func serverWasReplaced()
}

/// Holds what a connection has to know of a client.
struct Attachment {
    let client: any AttachedClient
    /// Who answers what the server asks this client outside of calls; nil for a client that only hears.
    let caller: (any Caller)?
    /// The resources whose updates the client wants to hear.
    var subscriptions: Set<ByteText> = []
    var logLevel: LogLevel?

    /// Adds a resource, unless there are too many.
    mutating func subscribe(to uri: ByteText) -> Bool {
        let wanted = subscriptions.union([uri])
        guard SubscriptionFilter.isWithinBounds(wanted) else { return false }
        subscriptions = wanted
        return true
    }

    /// Tells whether the client has subscribed to this resource, or to one of which it is a part
    /// ([subscriptions, 2025-11-25](https://modelcontextprotocol.io/specification/2025-11-25/server/resources#subscriptions)).
    func wants(_ uri: ByteText) -> Bool {
        subscriptions.contains(uri) || subscriptions.contains { uri.text.isPart(of: $0.text) }
    }

    /// Tells whether the client wants to hear log messages of this level; all, before it has said so.
    func wants(_ level: LogLevel?) -> Bool {
        guard let logLevel, let level else { return true }
        return level >= logLevel
    }
}

extension String {
    /// Tells whether this is the address of something below another one.
    func isPart(of whole: String) -> Bool {
        guard utf8.count > whole.utf8.count, utf8.starts(with: whole.utf8), let last = whole.utf8.last else {
            return false
        }
        let next = utf8[utf8.index(utf8.startIndex, offsetBy: whole.utf8.count)]
        return last == UInt8(ascii: "/") || [UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "?")].contains(next)
    }
}
