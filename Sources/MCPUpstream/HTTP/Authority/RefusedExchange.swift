import NIOCore
import NIOHTTP1

/// An answer that refuses what a request showed, kept until it is decided what becomes of it.
struct RefusedExchange {
    let head: HTTPResponseHead
    let refusal: RequestRefusal
    private(set) var body = ByteBuffer()

    /// Tells whether an answer with this status may refuse what the request showed. Asked of every answer.
    static func mayBe(_ status: HTTPResponseStatus) -> Bool {
        switch status {
        case .unauthorized, .forbidden: true
        default: false
        }
    }

    /// nil where the answer is something else, or the request was sent again often enough: 401, and 403 where more scopes
    /// are wanted ([RFC 6750, 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    init?(_ head: HTTPResponseHead, _ credential: RequestCredential?, _ repetitions: Int) {
        guard Self.mayBe(head.status), repetitions < RequestRefusal.maximumRepetitions else { return nil }
        let challenge = BearerChallenge(head.headers["WWW-Authenticate"])
        guard head.status == .unauthorized || challenge?.isForScopes == true else { return nil }
        self.head = head
        refusal = RequestRefusal(
            status: Int(head.status.code), challenge: challenge, credential: credential, repetitions: repetitions)
    }

    /// Takes a part of the body.
    ///
    /// - Returns: Whether more is wanted.
    mutating func append(_ bytes: ByteBuffer) -> Bool {
        guard body.readableBytes + bytes.readableBytes <= RefusedAnswer.maximumTextBytes else { return false }
        body.writeImmutableBuffer(bytes)
        return true
    }
}
