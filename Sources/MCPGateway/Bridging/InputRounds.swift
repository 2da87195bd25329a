import MCPCore
import MCPUpstream
import MCPValues
import NIOCore

/// Puts to a client with a session what a stateless server asks for in its results, and asks the server again with the
/// answers, until it is content
/// ([multi round-trip requests, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/patterns/mrtr)).
final class InputRounds {
    /// What the next request carries besides the original parameters: members of `params`.
    private(set) var members = ByteBuffer()

    /// A client may still answer when the call is over.
    private weak var exchange: Exchange?
    private var count = 0
    private var missing: Set<ByteText> = []
    private var given: [(key: ByteText, value: ByteBuffer)] = []
    private var state: ByteBuffer?

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    /// Takes a result that asks.
    func begin(_ result: JSONView) {
        guard let exchange else { return }
        let maximum = exchange.connection.server.interaction.maximumRounds
        count += 1
        guard count <= maximum else {
            fail("the server asked for input more than \(maximum) times")
            return
        }
        let requests = result["inputRequests"]
        state = result["requestState"].flatMap { $0.isNull ? nil : $0.bytes }
        guard requests?.isObject == true || state != nil else {
            fail("the server asked for input without saying which")
            return
        }
        given = []
        exchange.upstreamID = nil
        let inputs: [Input]
        do throws(Unaskable) {
            inputs = try self.inputs(requests, of: exchange.caller.capabilities)
        } catch {
            return fail(error.words)
        }
        guard !inputs.isEmpty else { return askAgain() }
        missing = Set(inputs.map(\.key))
        // A client may refuse at once, which can end the call.
        for input in inputs where missing.contains(input.key) && !exchange.isCancelled { put(input, exchange) }
    }

    struct Input {
        let key: ByteText
        let method: Method
        let message: Message
    }

    private struct Unaskable: Error {
        let words: String
    }

    /// Returns all questions of a result, each of which the client has declared to answer. A name that is repeated
    /// counts once: its second answer could be taken for that to a question of a later round.
    private func inputs(_ requests: JSONView?, of capabilities: DeclaredCapabilities) throws(Unaskable) -> [Input] {
        var members: [(key: ByteText, request: JSONView)] = []
        var keys: Set<ByteText> = []
        requests?.forEachMember { name, request in
            let key = ByteText(name)
            if keys.insert(key).inserted { members.append((key, request)) }
        }
        var inputs: [Input] = []
        for (key, request) in members {
            guard let name = request["method"]?.string, let method = Self.askable(name) else {
                throw Unaskable(words: "the server asked for something that it must not ask a client")
            }
            let params = request["params"]
            let isURL = method == .elicitationCreate && params?["mode"]?.string == "url"
            guard capabilities.permit(method), !isURL || capabilities.contains(.urlElicitation) else {
                let what = isURL ? "\(name) with a URL" : name
                throw Unaskable(words: "the server asked for \(what), which the client has not declared to answer")
            }
            guard let message = Self.message(method, params: params, isURL: isURL) else {
                throw Unaskable(words: "the server asked for input that cannot be read")
            }
            inputs.append(Input(key: key, method: method, message: message))
        }
        return inputs
    }

    /// Forgets the round: late answers count no more.
    func abandon() {
        missing = []
    }

    private func put(_ input: Input, _ exchange: Exchange) {
        let connection = exchange.connection
        // When the call is over, nobody wants the answer any more.
        let question = ClientQuestion(message: input.message, origin: nil) { [weak exchange] response in
            connection.runNowOrLater { [weak exchange] _ in exchange?.rounds.answered(input, response) }
        } refused: { [weak exchange] reason in
            connection.runNowOrLater { [weak exchange] _ in exchange?.rounds.refused(input, reason) }
        }
        exchange.caller.eventLoop.runNowOrLater { exchange.caller.ask(question, during: exchange) }
    }

    private static func askable(_ name: String) -> Method? {
        let method = Method(name: name)
        return method == .elicitationCreate || method == .samplingCreateMessage || method == .rootsList ? method : nil
    }

    /// Returns the question as a request of an earlier revision.
    private static func message(_ method: Method, params: JSONView?, isURL: Bool) -> Message? {
        // Clients of 2025-11-25 expect an identifier with a URL; later revisions have none.
        let members = isURL ? params?.adding("elicitationId", SessionStore.makeID()) : params?.bytes
        // The parts were accepted before; what they make is a request unless "params" is no object.
        return try? Message(
            OwnMessages.request(id: 0, method: method, params: members), maximumDepth: Int.max,
            duplicateKeys: .accepted)
    }

    // MARK: Answers

    func answered(_ input: Input, _ response: Message) {
        guard let result = response.view(response.envelope.result) else {
            let words = response.view(response.envelope.error)?["message"]?.string ?? "no reason given"
            return refused(input, words)
        }
        take(input.key, result.bytes)
    }

    func refused(_ input: Input, _ reason: String) {
        guard missing.contains(input.key) else { return }
        // A client that cannot ask its user has a way to say so; for all else there is none.
        if input.method == .elicitationCreate {
            take(input.key, ByteBuffer(string: #"{"action":"cancel"}"#))
        } else {
            let words = "the server needs an answer to \(input.method.rawValue), and there is none: \(reason)"
            abandon()
            exchange?.finish(.refused(Refusal(.inputNotGiven, words)))
        }
    }

    private func take(_ key: ByteText, _ value: ByteBuffer) {
        guard missing.remove(key) != nil else { return }
        given.append((key, value))
        if missing.isEmpty { askAgain() }
    }

    private func askAgain() {
        guard let exchange, !exchange.isCancelled else { return }
        var members = ByteBuffer()
        if !given.isEmpty {
            members.writeStaticString(#""inputResponses":{"#)
            for (index, answer) in given.enumerated() {
                if index > 0 { members.writeStaticString(",") }
                members.writeJSONString(answer.key.text)
                members.writeStaticString(":")
                members.writeImmutableBuffer(answer.value)
            }
            members.writeStaticString("}")
        }
        if let state {
            if members.readableBytes > 0 { members.writeStaticString(",") }
            members.writeStaticString(#""requestState":"#)
            members.writeImmutableBuffer(state)
        }
        members.blankLineBreaks()
        self.members = members
        exchange.connection.sendAgain(exchange)
    }

    private func fail(_ words: String) {
        abandon()
        exchange?.finish(.refused(Refusal(.invalidAnswer, words)))
    }
}
