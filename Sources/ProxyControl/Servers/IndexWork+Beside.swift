import Dispatch
import MCPGateway

extension IndexWork {
    /// On a queue of its own: those of other offers are not waited for.
    static var beside: IndexWork {
        let queue = DispatchQueue(label: "mcp-proxy.search")
        return IndexWork { queue.async(execute: $0) }
    }
}
