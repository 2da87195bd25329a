package import MCPCore
import NIOCore

/// The answers of one server in a recording, found by requests: by an equal one, one after another where there are several,
/// else by one for the same tool, prompt or resource.
package struct RecordedAnswers: Sendable {
    /// A method and what it is about.
    private struct NameKey: Hashable {
        let method: ByteBuffer
        let name: ByteBuffer

        init(_ method: String, _ name: String) {
            self.method = ByteBuffer(string: method)
            self.name = ByteBuffer(string: name)
        }
    }

    /// Answers that are given one after another; the last one again and again.
    private struct Turns {
        var answers: [RecordedExchange.Answer] = []
        var next = 0

        mutating func take() -> RecordedExchange.Answer {
            defer { next = min(next + 1, answers.count - 1) }
            return answers[next]
        }
    }

    private let mask: MemberMask
    private var equal: [RequestKey: Turns] = [:]
    private var alike: [NameKey: Turns] = [:]

    /// - Parameter server: The name of the server whose answers they are.
    package init(_ recording: ReadRecording, of server: String) {
        mask = MemberMask(secrets: [], hidesNamed: recording.bodies == .redacted)
        for exchange in recording.exchanges
        where exchange.side == .upstream && exchange.server?.utf8.elementsEqual(server.utf8) == true {
            guard let answer = exchange.answer else { continue }
            equal[RequestKey(exchange.method, exchange.params, mask), default: Turns()].answers.append(answer)
            if let name = exchange.name {
                alike[NameKey(exchange.method, name), default: Turns()].answers.append(answer)
            }
        }
    }

    package var isEmpty: Bool { equal.isEmpty }

    /// Returns the answer to a request.
    package mutating func answer(to method: String, _ params: JSONView?) -> RecordedExchange.Answer? {
        if let answer = equal[RequestKey(method, params, mask)]?.take() { return answer }
        guard let name = params?["name"]?.string ?? params?["uri"]?.string else { return nil }
        return alike[NameKey(method, name)]?.take()
    }
}
