import MCPCore
import MCPUpstream
import NIOCore

/// Says what a server is to a client that asks `server/discover`
/// ([2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/server/discover)).
enum DiscoverResult {
    /// The revisions in which clients may speak to us, as a JSON array.
    static let versions: ByteBuffer = {
        var array = ByteBuffer(string: "[")
        for (index, version) in ProtocolVersion.spoken.enumerated() {
            if index > 0 { array.writeStaticString(",") }
            array.writeJSONString(version.name)
        }
        array.writeStaticString("]")
        return array
    }()

    /// Made from what a server with a handshake answered to `initialize`.
    static func make(from introduction: Introduction, cacheHints: ByteBuffer) -> ByteBuffer {
        var result = ByteBuffer(string: #"{"resultType":"complete","supportedVersions":"#)
        result.writeImmutableBuffer(versions)
        result.writeStaticString(#","capabilities":"#)
        result.writeImmutableBuffer(TranslatedCapabilities.make(introduction.capabilities, without: ["tasks"]))
        if let instructions = introduction.result.root["instructions"] {
            result.writeStaticString(#","instructions":"#)
            result.writeImmutableBuffer(instructions.bytes)
        }
        if let info = introduction.serverInfo {
            result.writeStaticString(#","_meta":{"io.modelcontextprotocol/serverInfo":"#)
            result.writeImmutableBuffer(info)
            result.writeStaticString("}")
        }
        result.writeStaticString(",")
        result.writeImmutableBuffer(cacheHints)
        result.writeStaticString("}")
        result.blankLineBreaks()
        return result
    }
}
