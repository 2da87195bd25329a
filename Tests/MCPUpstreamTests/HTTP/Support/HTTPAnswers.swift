/// Answers as they go over the wire.
enum HTTPAnswers {
    static func json(_ body: String, status: String = "200 OK", headers: String = "") -> String {
        text(body, type: "application/json", status: status, headers: headers)
    }

    static func text(_ body: String, type: String, status: String = "200 OK", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
    }

    static func empty(_ status: String = "202 Accepted", headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\(headers)\r\n"
    }

    /// The beginning of an event stream that ends with the connection.
    static func events(headers: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\(headers)\r\n"
    }

    /// The beginning of an event stream in chunks, after which the connection can be used again.
    static let chunkedEvents =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

    static func chunk(_ text: String) -> String {
        "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
    }

    static let lastChunk = "0\r\n\r\n"

    static func result(_ id: Int64) -> String {
        #"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#
    }
}
