import MCPCore
import NIOCore
import NIOHTTP1

/// Says why a request of the management API is not done, as problem details
/// ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
struct ManagementProblem: Error, Sendable {
    /// All kinds. Each has a type, a title and a status that do not change.
    enum Kind: Sendable, Hashable {
        case refused(ManagementRefusal.Kind)
        case unauthorized
        case unknownPath
        case methodNotAllowed
        case notJSON
        case invalidRequest
        case tooLarge
        case unsupportedMediaType
        case rateLimited
    }

    let kind: Kind
    let detail: String
    var problems: [String] = []
    var errorOutput: [String] = []
    var headers: [(String, String)] = []

    init(_ kind: Kind, _ detail: String, problems: [String] = [], headers: [(String, String)] = []) {
        self.kind = kind
        self.detail = detail
        self.problems = problems
        self.headers = headers
    }

    init(_ refusal: ManagementRefusal) {
        self.init(.refused(refusal.kind), refusal.detail, problems: refusal.problems)
        errorOutput = refusal.errorOutput
        if refusal.kind == .quota { headers = [("Retry-After", "60")] }
    }

    /// The body.
    var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("type", kind.type)
        object.add("title", kind.title)
        object.add("status", Int(kind.status.code))
        object.add("detail", detail)
        if !problems.isEmpty { object.add("problems", problems) }
        if !errorOutput.isEmpty { object.add("stderr", errorOutput) }
        return object.finished
    }

    var answer: ManagementAnswer {
        var answer = ManagementAnswer(kind.status, json, mediaType: "application/problem+json", headers: headers)
        answer.refusal = detail
        return answer
    }
}

extension ManagementProblem.Kind: CaseIterable {
    static var allCases: [Self] {
        ManagementRefusal.Kind.allCases.map { .refused($0) } + [
            .unauthorized, .unknownPath, .methodNotAllowed, .notJSON, .invalidRequest, .tooLarge,
            .unsupportedMediaType, .rateLimited,
        ]
    }

    /// What the kind is called in its type.
    var name: String {
        switch self {
        case .refused(let kind): kind.rawValue
        case .unauthorized: "unauthorized"
        case .unknownPath: "unknown-path"
        case .methodNotAllowed: "method-not-allowed"
        case .notJSON: "not-json"
        case .invalidRequest: "invalid-request"
        case .tooLarge: "too-large"
        case .unsupportedMediaType: "unsupported-media-type"
        case .rateLimited: "rate-limited"
        }
    }

    /// A URI reference that stays the same, whatever the base URL is.
    var type: String { "/api/problems/\(name)" }

    var status: HTTPResponseStatus {
        switch self {
        case .refused(.unknownServer), .refused(.unknownGroup), .refused(.unknownRecording), .unknownPath: .notFound
        case .refused(.nameTaken), .refused(.conflict): .conflict
        case .refused(.invalidConfiguration), .refused(.serverFailed), .invalidRequest: .unprocessableEntity
        case .refused(.forbidden): .forbidden
        case .refused(.quota), .rateLimited: .tooManyRequests
        case .refused(.notKept): .insufficientStorage
        case .refused(.shuttingDown), .refused(.notAudited): .serviceUnavailable
        case .unauthorized: .unauthorized
        case .methodNotAllowed: .methodNotAllowed
        case .notJSON: .badRequest
        case .tooLarge: .payloadTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        }
    }

    var title: String {
        switch self {
        case .refused(.unknownServer): "There is no server of that name"
        case .refused(.unknownGroup): "There is no group of that name"
        case .refused(.unknownRecording): "There is no recording of that name"
        case .refused(.nameTaken): "There is a server or a group of that name already"
        case .refused(.conflict): "The server cannot be changed now, or not in this way"
        case .refused(.invalidConfiguration): "The configuration cannot be used"
        case .refused(.serverFailed): "The server did not start"
        case .refused(.forbidden): "This is not allowed"
        case .refused(.quota): "There are too many of these, or too many changes at once"
        case .refused(.notKept): "The change cannot be kept for the next start"
        case .refused(.notAudited): "The change cannot be written into the audit"
        case .refused(.shuttingDown): "The proxy is about to end"
        case .unauthorized: "A token is needed"
        case .unknownPath: "There is nothing at this path"
        case .methodNotAllowed: "The method does not fit the path"
        case .notJSON: "The body is not JSON"
        case .invalidRequest: "The body does not have the right members"
        case .tooLarge: "The body is too long"
        case .unsupportedMediaType: "The body must be sent as application/json"
        case .rateLimited: "There are too many changes in a short time"
        }
    }
}

extension ManagementProblem {
    /// Whether it is for what the caller has no right to, rather than for what he has asked.
    var isForWantOfRights: Bool { kind == .unknownPath || kind == .refused(.forbidden) }

    /// A body is longer than its endpoint takes.
    static func tooLarge(_ maximum: Int) -> ManagementProblem {
        ManagementProblem(.tooLarge, "the body is longer than \(maximum) bytes")
    }

    /// Somebody asks for changes too often.
    static func tooManyChanges(_ access: ManagementAccess, retryAfter seconds: Int) -> ManagementProblem {
        ManagementProblem(
            .rateLimited,
            "at most \(access.maximumChangesPerMinute) changes are made in a minute "
                + "(mcpProxy.management.maxChangesPerMinute); wait",
            headers: [("Retry-After", String(seconds))])
    }
}
