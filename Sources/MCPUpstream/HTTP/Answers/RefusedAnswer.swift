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
    private var body = ByteBuffer()

    init(_ head: AnswerHead, from url: HTTPURL, maximumMessageBytes: Int) {
        self.head = head
        self.url = url
        self.maximumBytes = head.content == .json ? maximumMessageBytes : Self.maximumTextBytes
    }

    /// Takes a part of the body.
    ///
    /// - Returns: whether more is wanted.
    mutating func append(_ bytes: ByteBuffer) -> Bool {
        guard body.readableBytes + bytes.readableBytes <= maximumBytes else { return false }
        body.writeImmutableBuffer(bytes)
        return true
    }

    /// The body, when it is the JSON-RPC error that answers this request.
    ///
    /// - Parameter unnamed: Whether an error that names no request is taken too: a stateless server may refuse a
    ///   request without having read it.
    func answer(to id: Int64, unnamed: Bool = false) -> ByteBuffer? {
        guard !head.isSuccess, !head.isEncoded, body.readableBytes > 0 else { return nil }
        // The error says that it is no message, which is what nil says.
        guard let message = try? Message(body, duplicateKeys: .accepted) else { return nil }
        guard message.kind == .error else { return nil }
        if message.id == .integer(id) { return body }
        guard unnamed, message.id == nil, let error = message.view(message.envelope.error), error["code"] != nil else {
            return nil
        }
        return OwnMessages.error(id: .integer(id), object: error.bytes)
    }

    /// Whether this is what a server without sessions says to a request of one
    /// ([server validation, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http#server-validation)).
    var isStatelessOnly: Bool {
        // Only asked for a body that was read as a message before.
        guard head.status == 400, let message = try? Message(body, duplicateKeys: .accepted) else { return false }
        return message.errorCode == .headerMismatch || message.errorCode == .unsupportedVersion
    }

    /// What the answer means for the request, in words for the operator.
    var failure: UpstreamFailure {
        let isForCredentials = head.status == 401 || head.status == 403
        return UpstreamFailure(
            isForCredentials ? .unauthorized : .unexpectedHTTPAnswer, failureText, status: head.status)
    }

    private var failureText: String {
        switch head.status {
        case 300..<400: redirectText
        case 401, 403: "it wants other credentials: it answered \(head.statusText)\(bodyText)"
        case 200..<300 where head.isEncoded: "it compressed its answer although that was not asked for"
        case 200..<300 where body.readableBytes == 0 && head.content == .none:
            "it answered \(head.statusText) without a message"
        default: "it answered \(head.statusText)\(bodyText)"
        }
    }

    private var redirectText: String {
        // The error says only that the place is not one that we would call.
        guard let location = head.location, let place = try? url.resolving(location) else {
            return "it answered \(head.statusText), a redirect, without a usable Location"
        }
        return "it answered \(head.statusText) and points to \(place); redirects are not followed: "
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
        guard !head.isEncoded, isText else { return type }
        let words = PlainText.excerpt(of: body)
        return words.isEmpty ? type : "\(type): \(words)"
    }

    private var isText: Bool {
        guard case .other(let name) = head.content else { return true }
        return name.utf8.starts(with: "text/".utf8) || name.hasSuffix("json") || name.hasSuffix("xml")
    }
}
