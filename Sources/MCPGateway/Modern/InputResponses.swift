import MCPCore
import MCPValues

/// The answers that a request brings to what a server wants to know: read once, however many calls look for theirs.
struct InputResponses: Sendable {
    /// How many may come with one request: more than a call can have open questions by far.
    private static let maximumCount = 1_000

    private var answers: [ByteText: JSONView] = [:]

    var count: Int { answers.count }

    /// - Throws: when there are too many, or they have another shape.
    init(_ request: Message) throws(Refusal) {
        guard let span = request.envelope.inputResponses, let object = request.view(span.value) else { return }
        guard object.isObject else {
            throw Refusal(.invalidParams, "params.inputResponses must be an object")
        }
        let count = object.memberCount
        guard count <= Self.maximumCount else {
            throw Refusal(
                .invalidParams,
                "params.inputResponses has \(count) members, and may have \(Self.maximumCount): send only the answers "
                    + "to what inputRequests asks for")
        }
        object.forEachMember { answers[ByteText($0)] = $1 }
    }

    subscript(key: ByteText) -> JSONView? { answers[key] }
}
