import BenchmarkKit
import NIOCore

/// Compares an answer with what it has to be: status, identifier, and every byte of the content.
struct AnswerCheck {
    struct Wrong: Error {
        let words: String
    }

    private let expected: ByteBuffer
    private let isList: Bool
    /// How many tools have to be named; nil to compare every byte.
    private let names: Int?
    /// How many tools have to be listed under names with a prefix; nil for other lists.
    private let prefixed: Int?

    init(_ options: LoadOptions) {
        isList = options.method == .list
        names = isList && options.checksNamesOnly ? options.size : nil
        prefixed = isList && options.countsOnly ? options.size : nil
        var expected = isList ? Content.tools(options.size) : Content.text(options.size)
        // What follows shows that the content has no more than the expected length.
        if !isList { expected.writeStaticString("\"") }
        self.expected = expected
    }

    func check(_ answer: HTTPMessage, id: Int) throws(Wrong) {
        guard answer.status == 200 else { throw wrong("status \(answer.status)", answer) }
        let message: ByteBuffer
        if answer.header("content-type")?.holds("text/event-stream", at: 0) == true {
            guard let event = Self.event(of: answer.body, id) else { throw wrong("no event with the answer", answer) }
            message = event
        } else {
            message = answer.body
        }
        guard let name = message.offset(of: "\"id\":"), message.number(at: name + 5) == id else {
            throw wrong("another identifier than \(id)", answer)
        }
        if let names {
            guard Self.named(message) == names else { throw wrong("not all tools", answer) }
            return
        }
        if let prefixed {
            guard Self.prefixed(message) == prefixed else { throw wrong("not all tools", answer) }
            return
        }
        // Both names take eight bytes, up to the content.
        let content = isList ? message.offset(of: "\"tools\":") : message.offset(of: "\"text\":\"")
        guard let content, message.holds(expected, at: content + 8) else { throw wrong("other content", answer) }
        // A message has an end, behind which there is nothing.
        guard message.getInteger(at: message.writerIndex - 1, as: UInt8.self) == UInt8(ascii: "}") else {
            throw wrong("more than one message", answer)
        }
    }

    /// How many tools are named, from the first one on and in their order.
    private static func named(_ message: ByteBuffer) -> Int {
        var (count, searched) = (0, 0)
        while let name = message.offset(of: "\"name\":\"tool_", from: searched),
            message.number(at: name + 13) == count
        {
            count += 1
            searched = name + 13
        }
        return count
    }

    private static func prefixed(_ message: ByteBuffer) -> Int {
        var (count, searched) = (0, 0)
        while let name = message.offset(of: "__tool_", from: searched) {
            count += 1
            searched = name + 7
        }
        return count
    }

    /// The data of the event that holds the answer: streams may begin with events that hold none.
    private static func event(of body: ByteBuffer, _ id: Int) -> ByteBuffer? {
        var searched = 0
        while let data = body.offset(of: "data: ", from: searched) {
            guard let end = body.offset(of: "\n", from: data) else { return nil }
            let start = data + 6
            // Lines may end with CRLF.
            let stop = end > start && body.holds("\r", at: end - 1) ? end - 1 : end
            guard let line = body.getSlice(at: body.readerIndex + start, length: stop - start) else { return nil }
            if line.readableBytes > 0, line.methodOffset == nil || line.offset(of: "\"result\"") != nil { return line }
            searched = end
        }
        return nil
    }

    private func wrong(_ words: String, _ answer: HTTPMessage) -> Wrong {
        let head = String(buffer: answer.head)
        let body = String(buffer: answer.body).prefix(400)
        return Wrong(words: "\(words):\n\(head)\n\n\(body)")
    }
}
