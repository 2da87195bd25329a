import MCPTestSupport
import NIOCore
import Testing

@testable import MCPCore

@Suite struct ServerSentEventParserTests {
    private struct Seen: Equatable {
        var events: [ServerSentEvent] = []
        var error: FramingError?
    }

    private func parse(_ pieces: [[UInt8]], maximumLength: Int = 1_000) -> Seen {
        var parser = ServerSentEventParser(maximumLength: maximumLength)
        var seen = Seen()
        do throws(FramingError) {
            for piece in pieces {
                parser.append(ByteBuffer(bytes: piece))
                while let event = try parser.next() { seen.events.append(event) }
            }
        } catch {
            seen.error = error
        }
        return seen
    }

    private func parse(_ text: String) -> [ServerSentEvent] {
        parse([Array(text.utf8)]).events
    }

    private func event(_ data: String, name: String = "", id: String? = nil, retry: Int? = nil) -> ServerSentEvent {
        ServerSentEvent(name: name, data: ByteBuffer(string: data), id: id, retry: retry)
    }

    private static let streams = [
        "data: a\n\ndata: b\n\n", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\r\rdata: b\r\r",
        "data: a\n\r\ndata: b\r\n\n",
        "\u{FEFF}data: a\n\n", "\u{FEFF}\u{FEFF}data: a\n\ndata: b\n\n", ": comment\n\ndata: a\n\n",
        "\n\n\r\n\rdata:x\r\n\n",
        "event: endpoint\ndata: /m?x=1\nid: 1-2\nretry: 1500\n\n", "id\n\n", "id: 7\n\ndata\n\n", "data:\ndata:\n\n",
        "data: é漢😀\ndata:  two\n\n", "unknown: x\ndata:a:b\n\ndata: unfinished\n", "event: only\n\ndata: z\n\n", "\r\n",
    ]

    @Test("Every way of cutting a stream in three gives the same events", arguments: streams)
    func splits(stream: String) {
        let bytes = Array(stream.utf8)
        let whole = parse([bytes])
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
                #expect(parse(pieces) == whole, "cut at \(first) and \(second)")
            }
        }
        #expect(parse(bytes.map { [$0] }) == whole, "byte by byte")
    }

    @Test("LF, CR and CRLF end lines, also mixed", arguments: ["\n", "\r", "\r\n"])
    func lineEnds(end: String) {
        let text = ["event: e", "data: 1", "data: 2", "", "data: 3", "", ""].joined(separator: end)
        #expect(parse(text) == [event("1\n2", name: "e"), event("3")])
    }

    @Test("Fields are read as the standard says")
    func fields() {
        #expect(parse("data:x\n\n") == [event("x")], "the space is optional")
        #expect(parse("data:  x\n\n") == [event(" x")], "only one space is dropped")
        #expect(parse("data\n\n") == [event("")], "a field without a colon is empty")
        #expect(parse("data:\ndata:\n\n") == [event("\n")])
        #expect(parse("Data: x\n\n").isEmpty, "field names keep their case")
        #expect(parse(" data: x\n\n").isEmpty)
        #expect(parse(": data: x\n\n").isEmpty, "a comment is no event")
        #expect(parse("data: a:b: c\n\n") == [event("a:b: c")])
    }

    @Test("An event that was not ended by an empty line is not delivered")
    func unfinished() {
        #expect(parse("data: x\n").isEmpty)
        #expect(parse("data: x\n\ndata: y") == [event("x")])
    }

    @Test("Identifiers and retry times come with or without data")
    func identifiers() {
        #expect(parse("id: 5\n\n") == [event("", id: "5")])
        #expect(parse("id\n\n") == [event("", id: "")], "an empty identifier resets it")
        #expect(parse("id: a\u{0}b\ndata: x\n\n") == [event("x")], "NUL makes an identifier void")
        #expect(parse("retry: 3000\n\n") == [event("", retry: 3_000)])
        #expect(parse("retry: 003\n\n") == [event("", retry: 3)], "leading zeros are digits")
    }

    @Test(
        "A retry time that is not digits alone is ignored",
        arguments: ["-5", "+5", "5s", "1.5", "", " 5", "٣", "99999999999999999999999999"])
    func badRetry(value: String) {
        #expect(parse("retry: \(value)\ndata: x\n\n") == [event("x")])
    }

    @Test("An event without data, identifier and retry is none, and its type is forgotten")
    func nameOnly() {
        #expect(parse("event: e\n\ndata: x\n\n") == [event("x")])
    }

    @Test("A byte order mark is skipped once, at the start only")
    func byteOrderMark() {
        #expect(parse("\u{FEFF}data: x\n\n") == [event("x")])
        #expect(parse("\u{FEFF}\u{FEFF}data: x\n\n").isEmpty, "the second one belongs to the field's name")
        #expect(parse("data: x\n\n\u{FEFF}data: y\n\n") == [event("x")])
        #expect(parse([[], [0xEF], [0xBB], [0xBF], Array("data: x\n\n".utf8)]).events == [event("x")])
        #expect(parse([[0xEF, 0xBB], Array("data: x\n\n".utf8)]).events.isEmpty, "half a mark is none")
    }

    @Test("Data may be as long as allowed and not a byte longer, however it arrives")
    func limit() {
        let fitting = Array("data: \(String(repeating: "x", count: 20))\n\n".utf8)
        let longer = Array("data: \(String(repeating: "x", count: 21))\n\n".utf8)
        for cut in 0...fitting.count {
            let seen = parse([Array(fitting[..<cut]), Array(fitting[cut...])], maximumLength: 20)
            #expect(seen.events.count == 1 && seen.error == nil, "20 bytes, cut at \(cut)")
            let tooLong = parse([Array(longer[..<cut]), Array(longer[cut...])], maximumLength: 20)
            #expect(tooLong.events.isEmpty, "21 bytes, cut at \(cut)")
            #expect(tooLong.error == FramingError(code: .eventTooLong, limit: 20), "21 bytes, cut at \(cut)")
        }
    }

    @Test("Data on several lines counts together")
    func limitOverLines() {
        let text = Array("data: 0123456789\ndata: 0123456789\n\n".utf8)
        #expect(parse([text], maximumLength: 21).events.count == 1)
        #expect(parse([text], maximumLength: 20).error?.code == .eventTooLong)
    }

    @Test("A line that never ends is refused, whatever field it is")
    func endless() {
        for field in ["data: ", ": ", "id: ", "event: ", ""] {
            let text = Array((field + String(repeating: "x", count: 200)).utf8)
            #expect(parse([text], maximumLength: 100).error?.code == .eventTooLong, "\(field) without an end")
            #expect(parse([text + [0x0A]], maximumLength: 100).error?.code == .eventTooLong, "\(field) with an end")
        }
    }

    @Test("Random bytes are cut the same way however they arrive")
    func randomStreams() {
        var random = SeededGenerator(seed: 3)
        let pieces = [
            "data: ", "data:x", "\n", "\r", "\r\n", "id: 1", ":", "event: e", "retry: 5", "\u{FEFF}", "é", "\u{0}",
        ]
        for _ in 0..<500 {
            let text = (0..<20).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
            let bytes = Array(text.utf8)
            let whole = parse([bytes])
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
            #expect(parse(bytes.map { [$0] }) == whole)
        }
    }
}
