import MCPCore
import NIOCore
package import Recordings
import Synchronization

/// A server that is there only as its answers in a recording, whoever asks.
package final class RecordedServer: Sendable {
    package let name: String
    let version: ProtocolVersion
    private let introduction: ByteBuffer
    private let answers: Mutex<RecordedAnswers>
    /// Whether nothing that it has said of itself is in the recording, so that the proxy makes something up.
    package let isUnknown: Bool

    package init(_ name: String, in recording: ReadRecording) {
        self.name = name
        let known = recording.introduction(of: name)
        isUnknown = known == nil
        version = known.flatMap { ProtocolVersion($0.version) } ?? .latestLegacy
        introduction = known?.result.bytes ?? Self.madeUp(name)
        answers = Mutex(RecordedAnswers(recording, of: name))
    }

    private static func madeUp(_ name: String) -> ByteBuffer {
        var info = JSONObjectWriter()
        info.add("name", name)
        info.add("version", "recorded")
        var result = JSONObjectWriter()
        result.add("protocolVersion", ProtocolVersion.latestLegacy.name)
        result.add("capabilities", json: ByteBuffer(string: #"{"tools":{},"prompts":{},"resources":{},"logging":{}}"#))
        result.add("serverInfo", json: info.finished)
        return result.finished
    }

    /// Returns the answer to a request.
    func answer(to request: Message, _ id: Int64) -> ByteBuffer {
        let id = RequestID.integer(id)
        switch (request.method, version.era) {
        case (.initialize, .legacy), (.serverDiscover, .modern): return OwnMessages.result(id: id, introduction)
        case (.initialize, .modern), (.serverDiscover, .legacy):
            return OwnMessages.error(id: id, code: .methodNotFound, message: "Method not found")
        default: break
        }
        switch answers.withLock({ $0.answer(to: request.methodName, request.params) }) {
        case .result(let result): return OwnMessages.result(id: id, result.bytes)
        case .error(let error): return OwnMessages.error(id: id, object: error.bytes)
        case nil: break
        }
        switch request.method {
        case .ping, .loggingSetLevel, .resourcesSubscribe, .resourcesUnsubscribe: return OwnMessages.emptyResult(id: id)
        default: return OwnMessages.error(id: id, code: Self.code(request.method), message: Self.lack(of: request))
        }
    }

    /// What a server says that does not know what it is asked for.
    private static func code(_ method: Method) -> ErrorCode {
        switch method {
        case .toolsCall, .promptsGet, .resourcesRead, .completionComplete: .invalidParams
        default: .methodNotFound
        }
    }

    private static func lack(of request: Message) -> String {
        let name = (request.view(request.envelope.name) ?? request.view(request.envelope.uri))?.string
        let what = name.map { " \"\(PrintableText.make($0))\"" } ?? ""
        return "not recorded: this server is a recording, which has no answer to \(request.methodName)\(what)"
            + " with these parameters"
    }
}
