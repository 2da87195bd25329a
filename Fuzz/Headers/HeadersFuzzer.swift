import FuzzSupport
import NIOCore

@testable import MCPCore

@main enum HeadersFuzzer {
    static func main() {
        runFuzzer(fuzzHeaders)
    }
}

/// Reads bytes as the value of a header, and as a tool whose arguments stand beside its schema.
private func fuzzHeaders(_ input: [UInt8]) {
    let bytes = ByteBuffer(bytes: input)
    checkValue(String(buffer: bytes))
    if let text = try? JSONText(scanning: bytes) { checkMarks(text.root) }
}

private func checkValue(_ value: String) {
    let encoded = HeaderValue.encode(value)
    precondition(
        encoded.utf8.allSatisfy { $0 == 0x09 || (0x20...0x7E).contains($0) }, "what is written may stand in a header")
    precondition(same(HeaderValue.decode(encoded), value), "what is written is read back")
    guard let text = HeaderValue.decode(value) else { return }
    precondition(same(HeaderValue.decode(HeaderValue.encode(text)), text), "and so is what was read")
}

private func checkMarks(_ tool: JSONView) {
    guard let schema = tool["inputSchema"] else { return }
    let hasMarks: Bool
    do throws(ToolMarkError) {
        let marks = try ToolHeaderMarks.read(schema: schema)
        hasMarks = marks != nil
        if let marks { checkCall(marks, tool["arguments"]) }
    } catch {
        precondition(error.code == .invalidMark && !error.reason.isEmpty)
        hasMarks = true
    }
    precondition(!hasMarks || ToolHeaderMarks.mayHaveMarks(schema.bytes), "the glance misses no mark")
}

private func checkCall(_ marks: ToolHeaderMarks, _ arguments: JSONView?) {
    let names = Set(marks.marks.map { $0.headerName.lowercased() })
    precondition(names.count == marks.marks.count, "no two share a header")
    precondition(marks.marks.allSatisfy { !$0.header.isEmpty && !$0.path.isEmpty })
    _ = marks.mismatch(arguments: arguments) { _ in ["42"] }
    do throws(ToolMarkError) {
        let headers = try marks.headers(arguments: arguments)
        let received = Dictionary(grouping: headers) { $0.name.lowercased() }
        let problem = marks.mismatch(arguments: arguments) { name in received[name, default: []].map(\.value) }
        precondition(problem == nil, "our own headers agree")
        let missing = marks.mismatch(arguments: arguments) { _ in [] }
        precondition((missing == nil) == headers.isEmpty, "and are missed")
    } catch {
        precondition(error.code == .invalidArgument)
    }
}

/// Byte by byte, because Swift compares strings by what they look like.
private func same(_ left: String?, _ right: String) -> Bool {
    left.map { $0.utf8.elementsEqual(right.utf8) } ?? false
}
