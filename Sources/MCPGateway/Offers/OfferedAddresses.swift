import MCPCore
import MCPValues
import NIOCore

/// Writes what a server says of its resources with the addresses under which they are offered.
enum OfferedAddresses {
    /// - Parameters:
    ///   - request: What is answered, in the server's own names.
    ///   - offered: What an address of the server is offered as.
    static func edits(_ answer: Message, to request: Message, _ offered: (String) -> String) -> [Edit] {
        // A long text is not walked through for a link that is not there.
        guard request.method == .resourcesRead || answer.bytes.holds("\"resource"),
            let result = answer.view(answer.envelope.result)
        else { return [] }
        switch request.method {
        case .toolsCall: return content(result["content"], offered)
        case .promptsGet: return (result["messages"]?.elements ?? []).flatMap { item($0["content"], offered) }
        case .resourcesRead: return (result["contents"]?.elements ?? []).flatMap { edit($0["uri"], offered) }
        default: return []
        }
    }

    /// Returns what has to be changed in a notification that names a resource.
    static func edits(_ notification: Message, _ offered: (String) -> String) -> [Edit] {
        guard notification.method == .resourceUpdated else { return [] }
        return edit(notification.view(notification.envelope.uri), offered)
    }

    private static func content(_ content: JSONView?, _ offered: (String) -> String) -> [Edit] {
        (content?.elements ?? []).flatMap { item($0, offered) }
    }

    /// Returns what has to be changed in one block of content: a link to a resource, or one that is embedded.
    private static func item(_ block: JSONView?, _ offered: (String) -> String) -> [Edit] {
        switch block?["type"]?.string {
        case "resource_link": edit(block?["uri"], offered)
        case "resource": edit(block?["resource"]?["uri"], offered)
        default: []
        }
    }

    private static func edit(_ address: JSONView?, _ offered: (String) -> String) -> [Edit] {
        guard let address, let text = address.string else { return [] }
        let other = offered(text)
        guard !other.hasBytes(of: text) else { return [] }
        return [Edit(address.range, .bytes(ByteBuffer(jsonString: other)))]
    }
}
