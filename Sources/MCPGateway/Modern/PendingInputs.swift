import MCPCore
import MCPValues
import NIOCore

/// Holds what a server wants to know of a client during one call, as the `inputRequests` of a result, and where the
/// answers go
/// ([multi round-trip requests, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr)).
struct PendingInputs {
    private struct Input {
        let key: ByteText
        let method: Method
        /// `params` of the question; nil for none.
        let params: ByteBuffer?
        /// nil for a URL that an error has named.
        let question: ClientQuestion?
    }

    private var inputs: [Input] = []
    private var lastURL = 0

    var isEmpty: Bool { inputs.isEmpty }
    var count: Int { inputs.count }
    /// Whether these are URLs of an error, so that nobody waits for answers.
    var isAboutURLs: Bool { !inputs.isEmpty && inputs.allSatisfy { $0.question == nil } }

    mutating func add(_ question: ClientQuestion) {
        let message = question.message
        inputs.append(
            Input(key: key(for: message), method: message.method, params: message.params?.bytes, question: question))
    }

    /// Returns the server's own identifier, so that an answer finds its question whichever call it comes with.
    private func key(for question: Message) -> ByteText {
        let id = question.view(question.envelope.id)
        let wanted = id?.string ?? "input-\(question.id.map(\.description) ?? "")"
        // Where the server uses a number and the text that stands for it at the same time, or spells one text in two ways.
        var key = ByteText(wanted)
        var number = 1
        while inputs.contains(where: { $0.key == key }) {
            number += 1
            key = ByteText("\(wanted)-\(number)")
        }
        return key
    }

    mutating func add(_ demand: URLDemand) {
        for params in demand.requests {
            lastURL += 1
            let key = ByteText("url-\(lastURL)")
            inputs.append(Input(key: key, method: .elicitationCreate, params: params, question: nil))
        }
    }

    mutating func withdraw(_ origin: ClientQuestion.Origin) {
        inputs.removeAll { $0.question?.origin == origin }
    }

    /// Gives up what is still open, because the call is over.
    mutating func giveUp(_ reason: String) {
        let open = inputs
        inputs = []
        for input in open {
            guard let question = input.question else { continue }
            if let returned = question.returned {
                returned()
                continue
            }
            // Who cannot ask a user any more says so in the protocol's own way.
            if input.method == .elicitationCreate,
                let answer = Self.response(ByteBuffer(string: #"{"action":"cancel"}"#))
            {
                question.answered(answer)
            } else {
                question.refused(reason)
            }
        }
    }

    /// Returns the result that asks for all of them.
    func result(state: String) -> ByteBuffer {
        var result = ByteBuffer(string: #"{"resultType":"input_required","inputRequests":{"#)
        for (index, input) in inputs.enumerated() {
            if index > 0 { result.writeStaticString(",") }
            result.writeJSONString(input.key.text)
            result.writeStaticString(#":{"method":"#)
            result.writeJSONString(input.method.rawValue)
            if let params = input.params {
                result.writeStaticString(#","params":"#)
                result.writeImmutableBuffer(params)
            }
            result.writeStaticString("}")
        }
        result.writeStaticString(#"},"requestState":"#)
        result.writeJSONString(state)
        result.writeStaticString("}")
        result.blankLineBreaks()
        return result
    }

    // MARK: Answers

    /// Holds what of a request's answers concerns these questions.
    struct Answers {
        /// Those to these questions, by key.
        fileprivate(set) var own: [ByteText: JSONView] = [:]
        /// Whether there are any to something else.
        fileprivate(set) var hasOthers = false
    }

    /// Finds the answers to what is open. That some are missing is no error.
    ///
    /// - Throws: when one has not the shape of an answer to its question.
    func read(_ responses: InputResponses) throws(Refusal) -> Answers {
        var answers = Answers()
        for input in inputs {
            guard let answer = responses[input.key] else { continue }
            guard Self.isShaped(answer, like: input.method) else {
                throw Refusal(
                    .invalidParams,
                    "params.inputResponses[\"\(input.key)\"] is not a result of \(input.method.rawValue)"
                )
            }
            answers.own[input.key] = answer
        }
        answers.hasOthers = responses.count > answers.own.count
        return answers
    }

    private static func isShaped(_ answer: JSONView, like method: Method) -> Bool {
        guard answer.isObject else { return false }
        return switch method {
        case .elicitationCreate: ["accept", "decline", "cancel"].contains(answer["action"]?.string)
        case .samplingCreateMessage: answer["role"]?.string != nil && answer["content"] != nil
        case .rootsList: answer["roots"]?.isArray == true
        default: false
        }
    }

    /// Hands the answers to the server. What is missing stays to be asked for.
    mutating func give(_ answers: Answers) {
        for input in inputs {
            guard let answer = answers.own[input.key], let response = Self.response(answer.bytes) else { continue }
            input.question?.answered(response)
        }
        inputs.removeAll { answers.own[$0.key] != nil }
    }

    func areAllAnswered(by answers: Answers) -> Bool {
        inputs.allSatisfy { answers.own[$0.key] != nil }
    }

    func areAllAccepted(_ answers: Answers) -> Bool {
        inputs.allSatisfy { answers.own[$0.key]?["action"]?.string == "accept" }
    }

    private static func response(_ result: ByteBuffer) -> Message? {
        // The result was accepted before, however deep it is; with our own text around it, it is a message.
        try? Message(
            OwnMessages.result(id: .integer(0), result), maximumDepth: Int.max, duplicateKeys: .accepted)
    }
}

/// Reads what revision 2025-11-25 says instead of asking: an error that names URLs which the user has to visit first
/// ([URL elicitation required](https://modelcontextprotocol.io/specification/2025-11-25/client/elicitation#url-elicitation-required-error)).
struct URLDemand {
    /// The parameters of one elicitation for each URL.
    let requests: [ByteBuffer]

    init(requests: [ByteBuffer]) {
        self.requests = requests
    }

    static func isOne(_ answer: Message) -> Bool {
        answer.errorCode == .urlElicitationRequired
    }

    init(_ answer: Message) {
        let elicitations = answer.view(answer.envelope.error)?["data"]?["elicitations"]?.elements ?? []
        requests = elicitations.filter { $0["url"]?.string != nil }.map { $0.adding("mode", "url") }
    }
}

/// Holds what makes a request the same as an earlier one: its method and its parameters, but for what belongs to asking
/// again.
struct RequestBinding: Equatable {
    private let method: ByteText
    private let members: [ByteText: [UInt8]]

    init(_ request: Message) {
        method = ByteText(request.methodName)
        var members: [ByteText: [UInt8]] = [:]
        request.params?.forEachMember { name, value in
            guard !["_meta", "inputResponses", "requestState"].contains(name) else { return }
            members[ByteText(name)] = Self.canonical(value)
        }
        self.members = members
    }

    /// Returns the value without white space and with its members in order: a client may write them in another one each
    /// time.
    private static func canonical(_ value: JSONView) -> [UInt8] {
        if value.isObject {
            var members: [(name: String, value: [UInt8])] = []
            value.forEachMember { members.append(($0, canonical($1))) }
            members.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            var text = ByteBuffer(string: "{")
            for member in members {
                text.writeJSONString(member.name)
                text.writeStaticString(":")
                text.writeBytes(member.value)
                text.writeStaticString(",")
            }
            return Array(text.readableBytesView)
        }
        if value.isArray { return [UInt8(ascii: "[")] + value.elements.flatMap { canonical($0) + [UInt8(ascii: ",")] } }
        return Array(value.bytes.readableBytesView)
    }
}
