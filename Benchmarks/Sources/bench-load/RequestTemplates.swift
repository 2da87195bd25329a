import BenchmarkKit
import NIOCore

/// The requests of one client, written once; only the identifier changes.
struct RequestTemplates {
    /// Identifiers have as many digits as this one, so that the length of a request never changes.
    static let firstID = 1_000_000_000

    private var call = ByteBuffer()
    private var idOffset = 0

    init(_ options: LoadOptions, _ target: Target, session: String?) {
        let (message, name) = Self.message(options)
        let method = options.method == .call ? "tools/call" : "tools/list"
        call = Self.post(options, target, message, method: method, name, session: session)
        idOffset = (call.offset(of: "\"id\":") ?? 0) + 5
    }

    private static func message(_ options: LoadOptions) -> (String, name: String?) {
        let meta = options.era == .modern ? metadata : nil
        switch options.method {
        case .call:
            let event = options.wantsEvent ? ",\"event\":true" : ""
            let arguments = #""arguments":{"size":\#(options.size)\#(event)}"#
            let members = #""name":"\#(options.tool)",\#(arguments)"# + (meta.map { ",\($0)" } ?? "")
            return (request("tools/call", "{\(members)}"), options.tool)
        case .list: return (request("tools/list", "{\(meta ?? "")}"), nil)
        }
    }

    private static let client = #"{"name":"bench-load","version":"1"}"#
    private static let metadata =
        #""_meta":{"io.modelcontextprotocol/protocolVersion":"\#(Era.modern.version)","#
        + #""io.modelcontextprotocol/clientInfo":\#(client),"io.modelcontextprotocol/clientCapabilities":{}}"#

    private static func request(_ method: String, _ params: String) -> String {
        #"{"jsonrpc":"2.0","id":\#(firstID),"method":"\#(method)","params":\#(params)}"#
    }

    /// The measured request.
    func call(id: Int) -> ByteBuffer {
        var request = call
        request.setString(String(id), at: request.readerIndex + idOffset)
        return request
    }

    /// The first message of a client: `initialize`, or `server/discover`.
    static func introduction(_ options: LoadOptions, _ target: Target) -> ByteBuffer {
        switch options.era {
        case .legacy:
            let params =
                #"{"protocolVersion":"\#(Era.legacy.version)","capabilities":{},"clientInfo":\#(client)}"#
            return post(options, target, request("initialize", params), method: "initialize", nil, session: nil)
        case .modern:
            let message = request("server/discover", "{\(metadata)}")
            return post(options, target, message, method: "server/discover", nil, session: nil)
        }
    }

    static func initialized(_ options: LoadOptions, _ target: Target, session: String?) -> ByteBuffer {
        let message = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        return post(options, target, message, method: "notifications/initialized", nil, session: session)
    }

    /// Opens a stream that stays open.
    static func stream(_ options: LoadOptions, _ target: Target, session: String?) -> ByteBuffer {
        switch options.era {
        case .legacy:
            var text = "GET \(target.path) HTTP/1.1\r\nHost: \(target.host):\(target.port)\r\n"
            text += "Accept: text/event-stream\r\nMCP-Protocol-Version: \(options.era.version)\r\n"
            if let session { text += "Mcp-Session-Id: \(session)\r\n" }
            return ByteBuffer(string: text + "\r\n")
        case .modern:
            let params = "{\"notifications\":{\"toolsListChanged\":true},\(metadata)}"
            let message = request("subscriptions/listen", params)
            return post(options, target, message, method: "subscriptions/listen", nil, session: nil)
        }
    }

    static func end(_ target: Target, _ era: Era, session: String) -> ByteBuffer {
        ByteBuffer(
            string: "DELETE \(target.path) HTTP/1.1\r\nHost: \(target.host):\(target.port)\r\n"
                + "Mcp-Session-Id: \(session)\r\nMCP-Protocol-Version: \(era.version)\r\n\r\n")
    }

    private static func post(
        _ options: LoadOptions,
        _ target: Target,
        _ message: String,
        method: String,
        _ name: String?,
        session: String?
    ) -> ByteBuffer {
        let accept =
            switch options.accept {
            case .both: "application/json, text/event-stream"
            case .json: "application/json"
            case .event: "text/event-stream"
            }
        var head = "POST \(target.path) HTTP/1.1\r\nHost: \(target.host):\(target.port)\r\nAccept: \(accept)\r\n"
        head += "Content-Type: application/json\r\nUser-Agent: bench-load\r\n"
        if method != "initialize" { head += "MCP-Protocol-Version: \(options.era.version)\r\n" }
        if options.era == .modern {
            head += "Mcp-Method: \(method)\r\n"
            if let name { head += "Mcp-Name: \(name)\r\n" }
        }
        if let session { head += "Mcp-Session-Id: \(session)\r\n" }
        head += "Content-Length: \(message.utf8.count)\r\n\r\n"
        return ByteBuffer(string: head + message)
    }
}
