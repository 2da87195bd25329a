import MCPCore
import MCPUpstream
import NIOCore

/// Says how an exchange ends, but for the identifier under which the client asked.
enum Answer: Sendable {
    /// A server's response, with what has to be changed in it.
    case passed(Message, [Edit])
    /// A result of ours, already JSON.
    case result(ByteBuffer)
    /// An error of ours.
    case refused(Refusal)
    /// The caller has to log in to the server first; whether his client leads him there.
    case login(LoginDemand, opensURLs: Bool)
    /// There is no response.
    case failure(UpstreamFailure)

    /// The result without members.
    static let nothing = Answer.result(ByteBuffer(string: "{}"))

    /// Returns the answer with identifiers of tasks that only its caller can use.
    func sealed(by owner: @autoclosure () -> TaskOwner, for request: Message) -> Answer {
        guard case .passed(let message, let edits) = self, message.envelope.mayNameTask else { return self }
        return .passed(message, edits + owner().edits(message, to: request))
    }

    /// Returns the whole response.
    ///
    /// - Parameter server: The server's name, as clients may see it.
    func bytes(for id: RequestID, server: String) -> ByteBuffer {
        switch self {
        case .passed(let message, var edits):
            if let range = message.envelope.id { edits.append(Edit(range, .id(id))) }
            return message.spliced(edits)
        case .result(let result): return OwnMessages.result(id: id, result)
        case .refused(let refusal): return refusal.answer(to: id)
        case .login(let demand, let opensURLs): return demand.error(to: id, opensURLs: opensURLs)
        case .failure(let failure): return ClientFailure.answer(to: id, server: server, failure)
        }
    }

    /// Whether the server says that it has no such resource: in words of its era, or because it has no resources at all.
    var isOfUnknownResource: Bool {
        guard case .passed(let message, _) = self else { return false }
        switch message.errorCode {
        case ErrorCode.resourceNotFound, ErrorCode.invalidParams, ErrorCode.methodNotFound: return true
        default: return false
        }
    }

    /// Why the request is refused, by the server or by us; nil for all that tells of the outcome.
    var refusal: Refusal.Reason? {
        switch self {
        case .passed(let message, _): Refusal.Reason(of: message.errorCode)
        case .refused(let refusal): refusal.reason
        case .result, .login, .failure: nil
        }
    }

    /// How the request has ended with it.
    var end: RequestEnd {
        switch self {
        case .passed(let message, _):
            var end = RequestEnd.error
            if message.kind == .result {
                end = message.envelope.saysThatToolFailed ? .failedTool : .ok
            } else {
                end.errorCode = message.errorCode?.rawValue
            }
            end.answerBytes = message.bytes.readableBytes
            return end
        case .result: return .ok
        case .refused(let refusal): return .refused(refusal.reason)
        case .login: return .login
        case .failure(let failure): return .failed(failure)
        }
    }
}
