import MCPCore
import MCPUpstream

// MARK: - What the server does not have

extension Connection {
    /// Why nobody can hear of changes of a resource; nil when the server says that they can, or has said nothing yet.
    var whyNoSubscription: String? {
        guard case .ready(let introduction) = upstream.state,
            !introduction.declares("resources", "subscribe")
        else {
            return nil
        }
        let lack = introduction.declares("resources") ? "resources.subscribe" : "resources"
        return "server \"\(server.displayName)\" does not have resources/subscribe: "
            + "it does not declare the capability \(lack)"
    }
}
