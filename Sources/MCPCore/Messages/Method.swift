import NIOCore

/// The methods that the proxy itself has to know. Everything else passes as `other`.
package enum Method: String, Sendable, CaseIterable {
    case initialize
    case ping
    case toolsList = "tools/list"
    case toolsCall = "tools/call"
    case promptsList = "prompts/list"
    case promptsGet = "prompts/get"
    case resourcesList = "resources/list"
    case resourceTemplatesList = "resources/templates/list"
    case resourcesRead = "resources/read"
    case resourcesSubscribe = "resources/subscribe"
    case resourcesUnsubscribe = "resources/unsubscribe"
    case completionComplete = "completion/complete"
    case loggingSetLevel = "logging/setLevel"
    case serverDiscover = "server/discover"
    case subscriptionsListen = "subscriptions/listen"
    case tasksGet = "tasks/get"
    case tasksResult = "tasks/result"
    case tasksList = "tasks/list"
    case tasksUpdate = "tasks/update"
    case tasksCancel = "tasks/cancel"
    case rootsList = "roots/list"
    case samplingCreateMessage = "sampling/createMessage"
    case elicitationCreate = "elicitation/create"
    case initialized = "notifications/initialized"
    case cancelled = "notifications/cancelled"
    case progress = "notifications/progress"
    case logMessage = "notifications/message"
    case resourceUpdated = "notifications/resources/updated"
    case resourceListChanged = "notifications/resources/list_changed"
    case toolListChanged = "notifications/tools/list_changed"
    case promptListChanged = "notifications/prompts/list_changed"
    case subscriptionAcknowledged = "notifications/subscriptions/acknowledged"
    case elicitationCompleted = "notifications/elicitation/complete"
    case rootsListChanged = "notifications/roots/list_changed"
    case other = ""

    /// The methods by the length of their names, of which hardly two are alike.
    private static let byLength: [[(name: [UInt8], method: Method)]] = {
        let longest = allCases.map(\.rawValue.utf8.count).max() ?? 0
        var table = Array(repeating: [(name: [UInt8], method: Method)](), count: longest + 1)
        for method in allCases { table[method.rawValue.utf8.count].append((Array(method.rawValue.utf8), method)) }
        return table
    }()

    /// The method that the content of a JSON string names, exactly.
    init(_ text: ByteBuffer, _ content: ByteRange) {
        self = unsafe text.withUnsafeReadableBytes { all in
            let name = unsafe UnsafeRawBufferPointer(rebasing: all[content])
            if let method = unsafe Self.named(name) { return method }
            guard unsafe name.contains(UInt8(ascii: "\\")) else { return .other }
            let plain = unsafe JSONString.unescape(name)
            return unsafe plain.withUnsafeBytes { unsafe Self.named($0) } ?? .other
        }
    }

    /// The method of that exact name.
    package init(name: String) {
        self = unsafe Array(name.utf8).withUnsafeBytes { unsafe Self.named($0) } ?? .other
    }

    private static func named(_ name: UnsafeRawBufferPointer) -> Method? {
        guard name.count < byLength.count else { return nil }
        return byLength[name.count].first { unsafe $0.name.elementsEqual(name) }?.method
    }
}
