import MCPCore
import MCPUpstream
import NIOCore

/// What a server is, told to a client that asks `server/discover`
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
        result.writeImmutableBuffer(ServerCapabilities.translated(introduction.capabilities, without: ["tasks"]))
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

/// What a server is, told to a client that opens a session.
enum InitializeResult {
    /// The server's own answer where it had a handshake, with the revision that this client and we have agreed on; else
    /// one made from what it answered to `server/discover`.
    static func make(from introduction: Introduction, for version: ProtocolVersion) -> ByteBuffer {
        switch introduction.era {
        case .legacy: restated(introduction.result, version)
        case .modern: translated(introduction, version)
        }
    }

    private static func restated(_ result: JSONText, _ version: ProtocolVersion) -> ByteBuffer {
        guard let stated = result.root["protocolVersion"] else { return result.bytes }
        var answer = ByteBuffer()
        let bytes = result.bytes
        answer.writeImmutableBuffer(
            bytes.getSlice(at: bytes.readerIndex, length: stated.range.lowerBound) ?? ByteBuffer()
        )
        answer.writeJSONString(version.name)
        let rest = bytes.readableBytes - stated.range.upperBound
        answer.writeImmutableBuffer(
            bytes.getSlice(at: bytes.readerIndex + stated.range.upperBound, length: rest) ?? ByteBuffer()
        )
        answer.blankLineBreaks()
        return answer
    }

    private static func translated(_ introduction: Introduction, _ version: ProtocolVersion) -> ByteBuffer {
        var result = ByteBuffer(string: #"{"protocolVersion":"#)
        result.writeJSONString(version.name)
        result.writeStaticString(#","capabilities":"#)
        result.writeImmutableBuffer(ServerCapabilities.translated(introduction.capabilities, without: []))
        result.writeStaticString(#","serverInfo":"#)
        // A handshake must name the server; the stateless revisions leave that open.
        result.writeImmutableBuffer(introduction.serverInfo ?? ByteBuffer(string: #"{"name":"unknown","version":"0"}"#))
        if let instructions = introduction.result.root["instructions"] {
            result.writeStaticString(#","instructions":"#)
            result.writeImmutableBuffer(instructions.bytes)
        }
        result.writeStaticString("}")
        result.blankLineBreaks()
        return result
    }
}

/// A server's capabilities, for a client of the other era.
enum ServerCapabilities {
    private static let tasks = "io.modelcontextprotocol/tasks"

    /// Everything as the server wrote it, but for tasks, which exist in both eras and cannot be translated.
    static func translated(_ capabilities: JSONView?, without removed: Set<String>) -> ByteBuffer {
        var members = ByteBuffer(string: "{")
        var isFirst = true
        capabilities?.forEachMember { name, value in
            guard !removed.contains(name) else { return }
            if !isFirst { members.writeStaticString(",") }
            isFirst = false
            members.writeJSONString(name)
            members.writeStaticString(":")
            members.writeImmutableBuffer(
                name == "extensions" ? translated(value, without: [tasks]) : value.bytes
            )
        }
        members.writeStaticString("}")
        return members
    }
}
