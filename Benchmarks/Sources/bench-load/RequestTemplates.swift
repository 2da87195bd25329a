import BenchmarkKit
import NIOCore

/// The requests of one client, written once; only the identifier changes.
struct RequestTemplates {
    /// Identifiers have as many digits as this one, so that the length of a request never changes.
    static let firstID = 1_000_000_000

    private let options: LoadOptions
    private var call = ByteBuffer()
    private var idOffset = 0

    init(_ options: LoadOptions, session: String?) {
        self.options = options
        let (message, name) = Self.message(options)
        call = post(message, method: options.method == .call ? "tools/call" : "tools/list", name, session: session)
        idOffset = (call.offset(of: "\"id\":") ?? 0) + 5
    }

    private static func message(_ options: LoadOptions) -> (String, name: String?) {
        let meta = options.era == .modern ? metadata : nil
        switch options.method {
        case .call:
            let event = options.wantsEvent ? ",\"event\":true" : ""
            let members =
                #""name":"echo","arguments":{"size":\#(options.size)\#(event)}"# + (meta.map { ",\($0)" } ?? "")
            return (request("tools/call", "{\(members)}"), "echo")
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
    static func introduction(_ options: LoadOptions) -> ByteBuffer {
        switch options.era {
        case .legacy:
            let params =
                #"{"protocolVersion":"\#(Era.legacy.version)","capabilities":{},"clientInfo":\#(client)}"#
            return post(options, request("initialize", params), method: "initialize", nil, session: nil)
        case .modern:
            let message = request("server/discover", "{\(metadata)}")
            return post(options, message, method: "server/discover", nil, session: nil)
        }
    }

    static func initialized(_ options: LoadOptions, session: String?) -> ByteBuffer {
        let message = #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#
        return post(options, message, method: "notifications/initialized", nil, session: session)
    }

    /// Opens a stream that stays open.
    static func stream(_ options: LoadOptions, session: String?) -> ByteBuffer {
        switch options.era {
        case .legacy:
            var text = "GET \(options.path) HTTP/1.1\r\nHost: \(options.host):\(options.port)\r\n"
            text += "Accept: text/event-stream\r\nMCP-Protocol-Version: \(options.era.version)\r\n"
            if let session { text += "Mcp-Session-Id: \(session)\r\n" }
            return ByteBuffer(string: text + "\r\n")
        case .modern:
            let params = "{\"notifications\":{\"toolsListChanged\":true},\(metadata)}"
            let message = request("subscriptions/listen", params)
            return post(options, message, method: "subscriptions/listen", nil, session: nil)
        }
    }

    static func end(_ options: LoadOptions, session: String) -> ByteBuffer {
        ByteBuffer(
            string: "DELETE \(options.path) HTTP/1.1\r\nHost: \(options.host):\(options.port)\r\n"
                + "Mcp-Session-Id: \(session)\r\nMCP-Protocol-Version: \(options.era.version)\r\n\r\n")
    }

    private func post(_ message: String, method: String, _ name: String?, session: String?) -> ByteBuffer {
        Self.post(options, message, method: method, name, session: session)
    }

    private static func post(
        _ options: LoadOptions,
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
        var head = "POST \(options.path) HTTP/1.1\r\nHost: \(options.host):\(options.port)\r\nAccept: \(accept)\r\n"
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
