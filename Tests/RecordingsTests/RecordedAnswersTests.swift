import MCPCore
import NIOCore
import Testing

@testable import Recordings

@Suite struct RecordedAnswersTests {
    private func answers(_ exchanges: [(method: String, params: String, result: String)]) throws -> RecordedAnswers {
        var lines = [SampleRecording.header]
        for (index, exchange) in exchanges.enumerated() {
            lines.append(SampleRecording.request(index, exchange.method, exchange.params))
            lines.append(SampleRecording.answer(index, exchange.result))
        }
        return RecordedAnswers(try SampleRecording.read(lines + [SampleRecording.end]), of: "one")
    }

    private func text(_ answer: RecordedExchange.Answer?) -> String? {
        guard case .result(let result) = answer else { return nil }
        return String(buffer: result.bytes)
    }

    private func params(_ json: String) throws -> JSONView { try JSONText(scanning: ByteBuffer(string: json)).root }

    @Test("A request is found whatever the order of its members, the spelling of its texts and whoever asks")
    func equal() throws {
        var answers = try answers([
            ("tools/call", #"{"name":"a","arguments":{"x":1,"y":"é"},"_meta":{"progressToken":3}}"#, #"{"r":1}"#),
            ("tools/call", #"{"name":"a","arguments":{"x":2}}"#, #"{"r":2}"#), ("tools/list", "{}", #"{"tools":[]}"#),
        ])
        #expect(
            text(answers.answer(to: "tools/call", try params(#"{"arguments":{"y":"\u00e9","x":1},"name":"a"}"#)))
                == #"{"r":1}"#)
        #expect(text(answers.answer(to: "tools/call", try params(#"{"name":"a","arguments":{"x":2}}"#))) == #"{"r":2}"#)
        #expect(text(answers.answer(to: "tools/list", nil)) == #"{"tools":[]}"#)
    }

    @Test("Where none is equal, one for the same name answers; what was not recorded has no answer")
    func alike() throws {
        var answers = try answers([("tools/call", #"{"name":"a","arguments":{"x":1}}"#, #"{"r":1}"#)])
        #expect(text(answers.answer(to: "tools/call", try params(#"{"name":"a","arguments":{"x":9}}"#))) == #"{"r":1}"#)
        #expect(answers.answer(to: "tools/call", try params(#"{"name":"b"}"#)) == nil)
        #expect(answers.answer(to: "prompts/get", try params(#"{"name":"a"}"#)) == nil)
        #expect(answers.answer(to: "tools/list", nil) == nil)
    }

    @Test("Equal requests are answered one after another as they were, and then as the last time")
    func turns() throws {
        var answers = try answers([("tools/list", "{}", #"{"r":1}"#), ("tools/list", "{}", #"{"r":2}"#)])
        let given = (0..<4).map { _ in text(answers.answer(to: "tools/list", nil)) }
        #expect(given == [#"{"r":1}"#, #"{"r":2}"#, #"{"r":2}"#, #"{"r":2}"#])
    }

    @Test("What was left out of the recording is left out of the request as well")
    func masked() throws {
        var answers = try answers([
            ("tools/call", #"{"name":"a","arguments":{"password":"***","x":1}}"#, #"{"r":1}"#),
            ("tools/call", #"{"name":"a","arguments":{"password":"***","x":2}}"#, #"{"r":2}"#),
        ])
        #expect(
            text(answers.answer(to: "tools/call", try params(#"{"name":"a","arguments":{"password":"real","x":2}}"#)))
                == #"{"r":2}"#)
    }
}
