import BenchmarkKit
import NIOCore

/// What the back end says to each message. Everything long is made once.
struct AnswerBook {
    /// What is said to one message.
    enum Reply {
        /// The message is no request.
        case nothing
        /// A response up to its identifier and from there on.
        case response(start: ByteBuffer, rest: ByteBuffer, asEvent: Bool)
    }

    private let era: Era
    private let tools: ByteBuffer
    private let introduction: ByteBuffer
    private let unknownMethod = ByteBuffer(string: #","error":{"code":-32601,"message":"Method not found"}}"#)
    private let empty = ByteBuffer(string: #","result":{}}"#)
    private var results: [Int: ByteBuffer] = [:]

    init(era: Era, tools count: Int) {
        self.era = era
        self.tools = Self.result(era, ByteBuffer(string: #""tools":"#), Content.tools(count), isList: true)
        self.introduction = ByteBuffer(string: Self.introduction(era))
    }

    private static func introduction(_ era: Era) -> String {
        let info = #"{"name":"bench-server","version":"1"}"#
        return switch era {
        case .legacy:
            #","result":{"protocolVersion":"\#(era.version)","capabilities":{"tools":{}},"serverInfo":\#(info)}}"#
        case .modern:
            #","result":{"resultType":"complete","supportedVersions":["\#(era.version)"],"capabilities":{"tools":{}},"#
                + #""ttlMs":0,"cacheScope":"private","_meta":{"io.modelcontextprotocol/serverInfo":\#(info)}}}"#
        }
    }

    private static func result(
        _ era: Era,
        _ name: ByteBuffer,
        _ value: ByteBuffer,
        isList: Bool = false
    ) -> ByteBuffer {
        var buffer = ByteBuffer(string: #","result":{"#)
        if era == .modern {
            buffer.writeStaticString(#""resultType":"complete","#)
            if isList { buffer.writeStaticString(#""ttlMs":0,"cacheScope":"private","#) }
        }
        buffer.writeImmutableBuffer(name)
        buffer.writeImmutableBuffer(value)
        if era == .modern {
            buffer.writeStaticString(
                #","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"bench-server","version":"1"}}"#)
        }
        buffer.writeStaticString("}}")
        return buffer
    }

    mutating func reply(to message: ByteBuffer) -> Reply {
        guard let method = message.methodOffset, let id = message.messageID else { return .nothing }
        var start = ByteBuffer()
        start.reserveCapacity(64)
        start.writeStaticString(#"{"jsonrpc":"2.0","id":"#)
        start.writeImmutableBuffer(id)
        var asEvent = false
        let rest: ByteBuffer
        if message.holds("tools/call\"", at: method) {
            let size = message.offset(of: "\"size\":", from: method).flatMap { message.number(at: $0 + 7) } ?? 0
            rest = call(size)
            asEvent = message.offset(of: "\"event\":true", from: method) != nil
        } else if message.holds("tools/list\"", at: method) {
            rest = tools
        } else if message.holds(era == .legacy ? "initialize\"" : "server/discover\"", at: method) {
            rest = introduction
        } else if message.holds("ping\"", at: method), era == .legacy {
            rest = empty
        } else {
            rest = unknownMethod
        }
        return .response(start: start, rest: rest, asEvent: asEvent)
    }

    private mutating func call(_ size: Int) -> ByteBuffer {
        if let known = results[size] { return known }
        var value = ByteBuffer(string: #"[{"type":"text","text":""#)
        value.writeImmutableBuffer(Content.text(size))
        value.writeStaticString(#""}]"#)
        let made = Self.result(era, ByteBuffer(string: #""content":"#), value)
        results[size] = made
        return made
    }
}
