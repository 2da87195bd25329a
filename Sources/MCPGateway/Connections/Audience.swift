import MCPCore
import MCPValues

/// The clients of a connection: who hears what its server says unasked, and who of them can be asked outside of calls.
///
/// A value: it tells nobody anything itself.
struct Audience {
    private var attachments: [ObjectIdentifier: Attachment] = [:]
    /// Of those that can be asked, the one that was last added or made a call.
    private var lastActive: ObjectIdentifier?

    /// Adds a client, or changes what is known of it.
    mutating func add(_ attachment: Attachment) {
        let id = ObjectIdentifier(attachment.client)
        attachments[id] = attachment
        if attachment.caller != nil { lastActive = id }
    }

    /// Takes a client out, if it is there.
    mutating func remove(_ client: any AttachedClient) -> Attachment? {
        attachments.removeValue(forKey: ObjectIdentifier(client))
    }

    func contains(_ client: any AttachedClient) -> Bool { attachments[ObjectIdentifier(client)] != nil }

    /// Notes that somebody has made a call, who may be one of these or not.
    mutating func noteActivity(of id: ObjectIdentifier) {
        if attachments[id] != nil { lastActive = id }
    }

    // MARK: Who can be asked

    /// Whom a question is put to that comes while no call is in flight: who was active last, or the only one who can be
    /// asked at all.
    var addressee: (any Caller)? {
        if let lastActive, let caller = attachments[lastActive]?.caller { return caller }
        let callers = callers
        return callers.count == 1 ? callers[0] : nil
    }

    /// Everybody who can be asked, in no order.
    var callers: [any Caller] { attachments.values.compactMap(\.caller) }

    // MARK: Who hears

    var clients: some Sequence<any AttachedClient> { attachments.values.lazy.map(\.client) }

    /// Returns those who want to hear of changes of a resource.
    func clients(wanting uri: ByteText) -> some Sequence<any AttachedClient> {
        attachments.values.lazy.filter { $0.wants(uri) }.map(\.client)
    }

    /// Returns those who want to hear log messages of a level.
    func clients(wanting level: LogLevel?) -> some Sequence<any AttachedClient> {
        attachments.values.lazy.filter { $0.wants(level) }.map(\.client)
    }

    /// The levels that clients have set.
    var logLevels: [LogLevel] { attachments.values.compactMap(\.logLevel) }

    /// Notes the level that a client has set, if it is one of these.
    mutating func setLogLevel(_ level: LogLevel?, of id: ObjectIdentifier) {
        attachments[id]?.logLevel = level
    }

    // MARK: Resources

    /// All resources that anybody has subscribed to.
    var subscriptions: Set<ByteText> { Set(attachments.values.flatMap(\.subscriptions)) }

    func isSubscribed(_ uri: ByteText) -> Bool {
        attachments.values.contains { $0.subscriptions.contains(uri) }
    }

    /// Notes that a client wants to hear of a resource, if it is one of these. Returns false when that would be too much.
    mutating func subscribe(_ id: ObjectIdentifier, to uri: ByteText) -> Bool {
        attachments[id]?.subscribe(to: uri) ?? true
    }

    mutating func unsubscribe(_ id: ObjectIdentifier, from uri: ByteText) {
        attachments[id]?.subscriptions.remove(uri)
    }
}
