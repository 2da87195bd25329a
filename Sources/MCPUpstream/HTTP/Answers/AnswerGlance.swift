import MCPCore
import NIOCore

/// Tells from a message's first members whether it is a response, without reading all of it: that is the layer
/// above's work, and large results would be read twice.
enum AnswerGlance {
    /// Tells whether a message that came on a request's own stream is a response, or a batch that holds one.
    ///
    /// On that stream there is no other response than that request's, so the identifier is not compared.
    static func isResponse(_ message: ByteBuffer, maximumDepth: Int) -> Bool {
        if let answer = glance(message) { return answer }
        guard Batch.isBatch(message) else { return isWholeResponse(message, maximumDepth) }
        // What is not a batch of messages is no response; the layer above says so.
        let parts =
            (try? Batch.split(
                message, maximumCount: 10_000, maximumDepth: maximumDepth, duplicateKeys: .accepted)) ?? []
        return parts.contains { glance($0) ?? isWholeResponse($0, maximumDepth) }
    }

    /// Returns the answer, if it shows in the first few members; nil when it does not.
    private static func glance(_ message: ByteBuffer) -> Bool? {
        do throws(JSONError) {
            return try message.scanJSON(maximumDepth: 1, duplicateKeys: .accepted) { (scanner) throws(JSONError) in
                try scanner.expect(UInt8(ascii: "{"))
                while try scanner.peek() == UInt8(ascii: "\"") {
                    switch name(try scanner.skipString(), in: scanner) {
                    case "result", "error": return true
                    case "method": return false
                    default: break
                    }
                    try scanner.expect(UInt8(ascii: ":"))
                    // A value with members of its own is deeper than allowed here, and ends the glance.
                    try scanner.skipValue(depth: 1)
                    try scanner.expect(UInt8(ascii: ","))
                }
                return nil
            }
        } catch {
            return nil
        }
    }

    private static func name(_ name: JSONName, in scanner: JSONScanner) -> String {
        // Longer than all that are looked for; short strings are not allocated.
        guard name.content.count <= 8, !name.isEscaped else { return "" }
        return String(decoding: name.content.lazy.map { scanner[$0] }, as: UTF8.self)
    }

    private static func isWholeResponse(_ message: ByteBuffer, _ maximumDepth: Int) -> Bool {
        // What is not a message is no response; the layer above says so.
        guard let message = try? Message(message, maximumDepth: maximumDepth, duplicateKeys: .accepted)
        else {
            return false
        }
        return message.kind == .result || message.kind == .error
    }
}
