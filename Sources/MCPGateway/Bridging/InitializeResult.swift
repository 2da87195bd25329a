import MCPCore
import MCPUpstream
import NIOCore

/// Says what a server is to a client that opens a session.
enum InitializeResult {
    /// Returns the server's own answer where it had a handshake, with the revision that this client and we have agreed
    /// on; else one made from what it answered to `server/discover`.
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
        result.writeImmutableBuffer(TranslatedCapabilities.make(introduction.capabilities, without: []))
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
