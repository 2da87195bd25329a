import MCPCore
import NIOCore
import Testing

@testable import Recordings

/// Lines of recordings for tests.
enum SampleRecording {
    static let header = #"{"recording":1,"proxy":"1","bodies":"redacted"}"#
    static let end = #"{"time":"t","end":"time","messages":1}"#

    static func request(_ id: Int, _ method: String, _ params: String, side: String = "upstream") -> String {
        let direction = side == "client" ? "in" : "out"
        return
            #"{"side":"\#(side)","direction":"\#(direction)","kind":"request","id":\#(id),"method":"\#(method)","request":"r\#(id)","server":"one","route":"one","connection":1,"era":"legacy","body":{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":\#(params)}}"#
    }

    static func answer(_ id: Int, _ result: String, kind: String = "result", side: String = "upstream") -> String {
        let direction = side == "client" ? "out" : "in"
        return
            #"{"side":"\#(side)","direction":"\#(direction)","kind":"\#(kind)","id":\#(id),"request":"r\#(id)","server":"one","connection":1,"era":"legacy","body":{"jsonrpc":"2.0","id":\#(id),"\#(kind)":\#(result)}}"#
    }

    static func read(_ lines: [String]) throws -> ReadRecording {
        try RecordingReader.read(ByteBuffer(string: lines.map { $0 + "\n" }.joined()))
    }
}

@Suite struct RecordingReaderTests {
    @Test("Requests are read with their answers, on each side for itself")
    func exchanges() throws {
        let recording = try SampleRecording.read([
            SampleRecording.header, SampleRecording.request(1, "tools/list", "{}", side: "client"),
            SampleRecording.request(1, "tools/list", "{}"), SampleRecording.answer(1, #"{"tools":[]}"#),
            SampleRecording.answer(1, #"{"tools":[1]}"#, side: "client"),
            SampleRecording.request(2, "prompts/list", "{}"),
            SampleRecording.answer(2, #"{"code":-1,"message":"no"}"#, kind: "error"),
            SampleRecording.request(3, "ping", "{}"), SampleRecording.end,
        ])
        #expect(recording.exchanges.map(\.method) == ["tools/list", "tools/list", "prompts/list", "ping"])
        #expect(recording.exchanges.map(\.side) == [.client, .upstream, .upstream, .upstream])
        guard case .result(let seen) = recording.exchanges[0].answer,
            case .error(let error) = recording.exchanges[2].answer
        else {
            Issue.record("not answered as recorded")
            return
        }
        #expect(seen["tools"]?.elements.count == 1)
        #expect(error["message"]?.string == "no")
        #expect(recording.exchanges[3].answer == nil)
        #expect(recording.servers == ["one"])
        #expect(recording.remarks.isEmpty)
    }

    @Test("What a server says of itself is read from its line, or from the answer to a handshake")
    func introductions() throws {
        let line =
            #"{"side":"upstream","direction":"in","kind":"introduction","server":"two","version":"2026-07-28","body":{"capabilities":{}}}"#
        let recording = try SampleRecording.read([
            SampleRecording.header, line, SampleRecording.request(1, "initialize", "{}"),
            SampleRecording.answer(1, #"{"protocolVersion":"2025-06-18","capabilities":{"tools":{}}}"#),
            SampleRecording.end,
        ])
        #expect(recording.introduction(of: "two")?.era == "modern")
        #expect(recording.introduction(of: "one")?.version == "2025-06-18")
        #expect(recording.introduction(of: "one")?.result["capabilities"]?["tools"] != nil)
    }

    @Test(
        "What is wrong is said with the line where it stands",
        arguments: [
            ([], "it is empty"),
            (["{"], "line 1 is no JSON"),
            ([#"{"a":1}"#], #"line 1 is not the first line of a recording: it has no member "recording""#),
            ([#"{"recording":2,"bodies":"full"}"#], "line 1 says that the recording is in version 2 of its form"),
            ([#"{"recording":1,"bodies":"some"}"#], #"line 1 does not say in "bodies""#),
            ([SampleRecording.header, "[1]"], "line 2 is no object"),
            ([SampleRecording.header, SampleRecording.end, "nonsense"], "line 3 is no JSON"),
            ([SampleRecording.header, SampleRecording.end, "{}"], "line 3 stands behind the end of the recording"),
            ([SampleRecording.header, #"{"side":"left"}"#], #"line 2 does not say in "side""#),
        ])
    func faults(lines: [String], words: String) {
        let fault = #expect(throws: RecordingFault.self) { try SampleRecording.read(lines) }
        #expect(fault?.words.hasPrefix(words) == true, "\(fault?.words ?? "")")
    }

    @Test("A recording that was cut off can be used as far as its lines are whole, and says so")
    func cutOff() throws {
        let recording = try SampleRecording.read([SampleRecording.header, SampleRecording.request(1, "ping", "{}")])
        #expect(recording.exchanges.count == 1)
        #expect(recording.remarks == ["it has no last line: it was cut off, and more may be missing"])
        let text = SampleRecording.header + "\n" + SampleRecording.request(1, "ping", "{}").dropLast(9)
        let fault = #expect(throws: RecordingFault.self) { try RecordingReader.read(ByteBuffer(string: text)) }
        #expect(fault?.words.hasSuffix("it was cut off there: remove that line to use the others") == true)
    }
}
