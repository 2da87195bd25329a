import Addresses
import FuzzSupport
import MCPCore
import NIOCore
import NIOHTTP1

@testable import MCPUpstream

@main enum PeersFuzzer {
    static func main() {
        runFuzzer(fuzzPeers)
    }
}

/// Reads bytes as what a server says around its messages. The first lines are values of header fields, the rest, after an
/// empty line, is the body.
private func fuzzPeers(_ bytes: [UInt8]) {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let values = lines.prefix { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    let body = ByteBuffer(bytes: bytes.dropFirst(lines.prefix { !$0.isEmpty }.reduce(1) { $0 + $1.count + 1 }))
    checkFields(values)
    checkAnswer(values, body)
    checkEvents(body)
}

/// What is said back to a server stands in one field of its own.
private func checkFields(_ values: [String]) {
    let url = HTTPURL(origin: HTTPOrigin(scheme: .https, host: .name("a.example"), port: 443), target: "/")
    for value in values {
        var fields = RequestFields.forPost(to: url, accept: "*/*", configured: [("X-A", value), (value, "b")])
        let before = lineCount(fields)
        if let tag = FieldValue(value) {
            fields.set("If-None-Match", tag)
            precondition(lineCount(fields) == before + 1, "one field more")
        }
        fields.add(parameter: value, value)
        _ = lineCount(fields)
        let shown = PlainText.excerpt(of: value)
        precondition(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control }, "shown in one line")
    }
}

/// How many fields there are. Each line ends with CR LF and holds no other line break.
private func lineCount(_ fields: RequestFields) -> Int {
    let text = Array(fields.lines.readableBytesView)
    precondition(text.suffix(2) == [0x0D, 0x0A])
    precondition(text.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0D || $0 == 0x0A || $0 == 0x09 })
    for index in text.indices where text[index] == 0x0A {
        precondition(index > 0 && text[index - 1] == 0x0D, "no line break of somebody else's")
    }
    return text.count { $0 == 0x0D }
}

private func checkAnswer(_ values: [String], _ body: ByteBuffer) {
    let names = ["Location", "Content-Type", "Mcp-Session-Id", "Content-Length", "Content-Encoding", "ETag"]
    let url = HTTPURL(origin: HTTPOrigin(scheme: .http, host: .address(.v4(0x7F00_0001)), port: 80), target: "/a?b")
    for status in [200, 204, 302, 400, 401, 404, 503] {
        let headers = HTTPHeaders(zip(names, values).map { ($0, $1) })
        let head = AnswerHead(
            HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers))
        var refused = RefusedAnswer(head, from: url, maximumMessageBytes: 4_096)
        _ = refused.append(body)
        let words = refused.failure.detail
        precondition(!words.isEmpty && !words.contains("\n"), "told in one line")
        _ = refused.answer(to: 1, unnamed: true)
        _ = refused.isStatelessOnly
    }
    _ = AnswerGlance.isResponse(body, maximumDepth: 64)
}

private func checkEvents(_ body: ByteBuffer) {
    var events = EventStream(maximumLength: 1_024)
    events.append(body)
    var retry = StreamRetry(HTTPLinkSettings(), maximumAttempts: nil)
    do throws(EventStream.TooLong) {
        while let event = try events.next() {
            precondition(event.data.readableBytes <= 1_024)
            if let delay = retry.next(wanted: events.retryDelay) {
                precondition(delay > .zero && delay <= .hours(24), "a wait that ends")
            }
        }
    } catch {
        return
    }
}
