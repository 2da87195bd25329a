import Addresses
import MCPCore
import NIOCore

/// An answer that is not a message by its status or type: its body is read a little way, to say what it was.
struct RefusedAnswer {
    /// As much of a body that is not JSON as is read, so that the connection can be kept.
    static let maximumTextBytes = 64 * 1_024

    let head: AnswerHead
    private let url: HTTPURL
    private let maximumBytes: Int
    private let maximumDepth: Int
    /// What its request has shown, which words of the answer are not to repeat.
    private let secrets: [String]
    private var body = ByteBuffer()

    init(
        _ head: AnswerHead, from url: HTTPURL, maximumMessageBytes: Int,
        maximumDepth: Int = UpstreamLimits.maximumDepth, hiding secrets: [String]
    ) {
        self.secrets = secrets
        self.head = head
        self.url = url
        self.maximumBytes = head.content == .json ? maximumMessageBytes : Self.maximumTextBytes
        self.maximumDepth = maximumDepth
    }

    /// Takes a part of the body.
    ///
    /// - Returns: whether more is wanted.
    mutating func append(_ bytes: ByteBuffer) -> Bool {
        guard body.readableBytes + bytes.readableBytes <= maximumBytes else { return false }
        body.writeImmutableBuffer(bytes)
        return true
    }

    /// The body, when it is a message.
    private var message: Message? {
        // The error says that it is none, which is what nil says.
        try? Message(body, maximumDepth: maximumDepth, duplicateKeys: .accepted)
    }

    /// Returns the body, when it is the JSON-RPC error that answers this request.
    ///
    /// - Parameter unnamed: Whether an error that names no request, or another, is taken too: it came in answer to this
    ///   one, and a server may refuse what it has not read.
    func answer(to id: Int64, unnamed: Bool) -> ByteBuffer? {
        guard !head.isSuccess, !head.isEncoded, body.readableBytes > 0 else { return nil }
        // Who is not let in has to show other credentials, whatever else is said.
        let unnamed = unnamed && head.status != 401
        guard let message else {
            return unnamed ? UnnamedError.answer(in: body, to: id, maximumDepth: maximumDepth) : nil
        }
        guard message.kind == .error else { return nil }
        if message.id == .integer(id) { return body }
        guard unnamed, let error = message.view(message.envelope.error), error["code"] != nil else {
            return nil
        }
        return OwnMessages.error(id: .integer(id), object: error.bytes)
    }

    /// Tells whether the body is a message that names this request.
    func isNamed(_ id: Int64) -> Bool {
        message?.id == .integer(id)
    }

    /// What the server says in its own words of a session that it does not know, which the protocol says with 404; nil
    /// when it says something else.
    var lostSessionWords: String? {
        // Other credentials, and fewer requests, are no matter of sessions, whatever else is said.
        guard head.isSuccess || (400..<500).contains(head.status),
            ![401, 403, 429].contains(head.status),
            !head.isEncoded
        else { return nil }
        let isAboutPlace = [400, 404, 410].contains(head.status)
        if let message, message.kind == .error {
            let words = isAboutPlace ? LostSessionWords.naming(message) : LostSessionWords.denying(message)
            return words.map { SecretMask.hiding(secrets, inStartOf: $0) }
        }
        guard isAboutPlace, isText else { return nil }
        let text = excerpt(1_000)
        return LostSessionWords.name(in: text) ? text : nil
    }

    /// Whether this is what a server without sessions says to a request of one
    /// ([server validation, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation)).
    var isStatelessOnly: Bool {
        guard head.status == 400, let message else { return false }
        return message.errorCode == .headerMismatch || message.errorCode == .unsupportedVersion
    }

    /// What the answer means for the request, in words for the operator.
    var failure: UpstreamFailure {
        let isForCredentials = head.status == 401 || head.status == 403
        return UpstreamFailure(
            isForCredentials ? .unauthorized : .unexpectedHTTPAnswer, SecretMask.hiding(secrets, in: failureText),
            status: head.status)
    }

    private var failureText: String {
        switch head.status {
        case 300..<400: redirectText
        case 401, 403: "it wants other credentials: it answered \(head.statusText)\(bodyText)"
        case 200..<300 where head.isEncoded: "it compressed its answer although that was not asked for"
        case 200..<300 where body.readableBytes == 0 && head.content == .none:
            "it answered \(head.statusText) without a message"
        case 200..<300: "\(typeText)\(wordsText)"
        default: "it answered \(head.statusText)\(bodyText)"
        }
    }

    private var redirectText: String {
        // The error says only that the place is not one that we would call.
        guard let location = head.location, let place = try? url.resolving(location) else {
            return "it answered \(head.statusText), a redirect, without a usable Location"
        }
        let reason =
            if place.origin != url.origin {
                "the server configured is \(url.origin), and redirects to another origin are not followed"
            } else if SameOriginRedirect.keepsRequest(head.status) {
                "not more than \(SameOriginRedirect.maximumCount) redirects in a row are followed"
            } else {
                "only redirects that keep method and body are followed (307 and 308)"
            }
        return "it answered \(head.statusText) and points to \(place); \(reason): "
            + "if you trust that address, put it into the configuration"
    }

    private var bodyText: String {
        let type =
            switch head.content {
            case .none: ""
            case .json: " (application/json)"
            case .eventStream: " (text/event-stream)"
            case .other(let name): " (\(name))"
            }
        return type + wordsText
    }

    private var typeText: String {
        let expected = "where application/json or text/event-stream was expected"
        return switch head.content {
        case .none: "its answer has no Content-Type, \(expected)"
        case .json: "its answer has the Content-Type application/json, where text/event-stream was expected"
        case .eventStream: "its answer is an event stream, where none was expected"
        case .other(let name): "its answer has the Content-Type \(name), \(expected)"
        }
    }

    private var wordsText: String {
        guard !head.isEncoded, isText else { return "" }
        let words = excerpt(300)
        return words.isEmpty ? "" : ": \(words)"
    }

    /// The beginning of the body as text. What its request has shown is taken out before it is cut.
    private func excerpt(_ limit: Int) -> String {
        guard !secrets.isEmpty else { return PlainText.excerpt(of: body, limit: limit) }
        let length = min(body.readableBytes, Self.maximumTextBytes)
        let start = body.getBytes(at: body.readerIndex, length: length) ?? []
        return PlainText.excerpt(
            of: SecretMask.hiding(secrets, inStartOf: String(decoding: start, as: UTF8.self)), limit: limit)
    }

    private var isText: Bool {
        guard case .other(let name) = head.content else { return true }
        return name.utf8.starts(with: "text/".utf8) || name.hasSuffix("json") || name.hasSuffix("xml")
    }
}
