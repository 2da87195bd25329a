import MCPCore
import MCPUpstream
import NIOCore

/// How an exchange ends, but for the identifier under which the client asked.
enum Answer: Sendable {
    /// A server's response, with what has to be changed in it.
    case passed(Message, [Edit])
    /// A result of ours, already JSON.
    case result(ByteBuffer)
    /// An error of ours.
    case error(ErrorCode, String, data: ByteBuffer? = nil)
    /// There is no response.
    case failure(UpstreamFailure)

    /// The answer with identifiers of tasks that only its caller can use.
    func sealed(by owner: @autoclosure () -> TaskOwner, for request: Message) -> Answer {
        guard case .passed(let message, let edits) = self, message.envelope.mayNameTask else { return self }
        return .passed(message, edits + owner().edits(message, to: request))
    }

    /// The whole response.
    ///
    /// - Parameter server: The server's name, as clients may see it.
    func bytes(for id: RequestID, server: String) -> ByteBuffer {
        switch self {
        case .passed(let message, var edits):
            if let range = message.envelope.id { edits.append(Edit(range, .id(id))) }
            return message.spliced(edits)
        case .result(let result): return OwnMessages.result(id: id, result)
        case .error(let code, let words, let data):
            return OwnMessages.error(id: id, code: code, message: words, json: data)
        case .failure(let failure): return ClientFailure.answer(to: id, server: server, failure)
        }
    }

    /// The code of an error that concerns the request and not its outcome; nil for all else. A server's own codes mean
    /// nothing here, but for those of the specification.
    var errorCode: ErrorCode? {
        switch self {
        case .passed(let message, _):
            message.errorCode.flatMap { Self.ofRequests.contains($0) ? $0 : nil }
        case .error(let code, _, _): code
        case .result, .failure: nil
        }
    }

    private static let ofRequests: Set<ErrorCode> = [
        .methodNotFound, .headerMismatch, .missingClientCapability, .unsupportedVersion,
    ]

    /// A word for the log; it takes a look at the whole result.
    var outcome: String {
        switch self {
        case .passed(let message, _):
            if message.kind != .result { "error" } else { Self.hasFailed(message) ? "isError" : "ok" }
        case .result: "ok"
        case .error: "error"
        case .failure(let failure): failure.code.rawValue
        }
    }

    /// Whether a tool says in its result that it could not do what it was to do.
    private static func hasFailed(_ result: Message) -> Bool {
        result.view(result.envelope.result)?["isError"]?.boolean == true
    }
}
