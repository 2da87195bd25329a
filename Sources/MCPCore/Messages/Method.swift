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

    private static let byName: [String: Method] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) }
    )

    /// The method of that exact name.
    package init(name: String) {
        self = Self.byName[name] ?? .other
    }
}
