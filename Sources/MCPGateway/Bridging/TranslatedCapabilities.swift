import MCPCore
import NIOCore

/// Capabilities of a server or a client, for a peer of the other era.
enum TranslatedCapabilities {
    private static let tasks = "io.modelcontextprotocol/tasks"

    /// Everything as it was written, but for tasks, which exist in both eras and cannot be translated.
    static func make(_ capabilities: JSONView?, without removed: Set<String>) -> ByteBuffer {
        var members = ByteBuffer(string: "{")
        var isFirst = true
        capabilities?.forEachMember { name, value in
            guard !removed.contains(name) else { return }
            if !isFirst { members.writeStaticString(",") }
            isFirst = false
            members.writeJSONString(name)
            members.writeStaticString(":")
            members.writeImmutableBuffer(
                name == "extensions" ? make(value, without: [tasks]) : value.bytes
            )
        }
        members.writeStaticString("}")
        return members
    }
}
