import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Says which notifications somebody wants to hear: the `notifications` object of `subscriptions/listen`
/// ([2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/subscriptions#notification-filter)).
struct SubscriptionFilter: Equatable, Sendable {
    private(set) var lists: Set<Method> = []
    var resources: Set<ByteText> = []

    /// How many resources one client may listen to, and how long their addresses may be together.
    static let maximumResources = 1_024
    static let maximumBytes = 256 << 10

    private static let listNames: [(name: String, notification: Method, capability: String)] = [
        ("toolsListChanged", .toolListChanged, "tools"),
        ("promptsListChanged", .promptListChanged, "prompts"),
        ("resourcesListChanged", .resourceListChanged, "resources"),
    ]

    init() {}

    /// Reads the object of an acknowledgement. What is not known, or not of its type, is left out.
    init(_ object: JSONView?) {
        for list in Self.listNames where object?[list.name]?.boolean == true { lists.insert(list.notification) }
        resources = Set(object?["resourceSubscriptions"]?.elements.compactMap(\.string).map(ByteText.init) ?? [])
    }

    /// Reads the object of a client's request.
    ///
    /// - Throws: when a member that is known has another type than the specification says.
    init(requested object: JSONView?) throws(Refusal) {
        guard let object, object.isObject else {
            throw Refusal(.invalidParams, "params.notifications must be an object that says what to listen to")
        }
        for list in Self.listNames {
            guard let value = object[list.name], value.boolean == nil else { continue }
            throw Refusal(.invalidParams, "params.notifications.\(list.name) must be true or false")
        }
        if let uris = object["resourceSubscriptions"] {
            guard uris.isArray, uris.elements.allSatisfy({ $0.string != nil }) else {
                throw Refusal(
                    .invalidParams, "params.notifications.resourceSubscriptions must be an array of strings")
            }
        }
        self.init(object)
        guard Self.isWithinBounds(resources) else {
            throw Refusal(.invalidParams, "params.notifications.resourceSubscriptions: \(Self.excess)")
        }
    }

    /// Tells whether one client may listen to so much.
    static func isWithinBounds(_ resources: Set<ByteText>) -> Bool {
        resources.count <= maximumResources && resources.reduce(0) { $0 + $1.text.utf8.count } <= maximumBytes
    }

    /// Why not, in words.
    static let excess =
        "one client may listen to at most \(maximumResources) resources, with addresses of \(maximumBytes) bytes together"

    /// All lists of which a server says that it tells their changes.
    ///
    /// - Parameter evenUnannounced: Take also those of which it does not say so.
    init(allListsOf introduction: Introduction, evenUnannounced: Bool = false) {
        for list in Self.listNames where introduction.declares(list.capability) {
            guard evenUnannounced || introduction.declares(list.capability, "listChanged") else { continue }
            lists.insert(list.notification)
        }
    }

    /// Wants the same lists as another filter.
    mutating func takeLists(of other: SubscriptionFilter) { lists = other.lists }

    var isEmpty: Bool { lists.isEmpty && resources.isEmpty }

    func contains(_ notification: Method) -> Bool { lists.contains(notification) }

    /// Returns what of this a server can honour.
    func honoured(by introduction: Introduction) -> SubscriptionFilter {
        var honoured = self
        honoured.lists.formIntersection(SubscriptionFilter(allListsOf: introduction).lists)
        if !introduction.declares("resources", "subscribe") { honoured.resources = [] }
        return honoured
    }

    func intersection(_ other: SubscriptionFilter) -> SubscriptionFilter {
        var both = self
        both.lists.formIntersection(other.lists)
        both.resources.formIntersection(other.resources)
        return both
    }

    func union(_ other: SubscriptionFilter) -> SubscriptionFilter {
        var all = self
        all.lists.formUnion(other.lists)
        all.resources.formUnion(other.resources)
        return all
    }

    /// The JSON object.
    var json: ByteBuffer {
        var object = ByteBuffer(string: "{")
        var separator: StaticString = ""
        for list in Self.listNames where lists.contains(list.notification) {
            object.writeStaticString(separator)
            object.writeJSONString(list.name)
            object.writeStaticString(":true")
            separator = ","
        }
        if !resources.isEmpty {
            object.writeStaticString(separator)
            object.writeStaticString(#""resourceSubscriptions":["#)
            for (index, uri) in resources.sorted().enumerated() {
                if index > 0 { object.writeStaticString(",") }
                object.writeJSONString(uri.text)
            }
            object.writeStaticString("]")
        }
        object.writeStaticString("}")
        return object
    }
}
