import Addresses
import MCPCore
import MCPUpstream
import NIOCore

/// Asks servers about authorization, and authorization servers for tokens.
///
/// Every address comes from somebody whom a server has named. So each is called over TLS, but for this machine's own where
/// the server itself is there; a redirect is looked at like an address of its own, and forms follow none
/// ([Server-Side Request Forgery, 2026-07-28](https://modelcontextprotocol.io/specification/2026-07-28/basic/security_best_practices)).
struct GrantRequests: Sendable {
    /// For one request.
    static let timeout = TimeAmount.seconds(10)
    /// For all that one step takes, such as finding out who protects a server.
    static let longestTime = TimeAmount.seconds(30)
    static let maximumBytes = 1 << 20
    static let maximumRedirects = 3

    /// An answer of a token endpoint or the like, whatever its status.
    struct Answer: Sendable {
        let status: Int
        let body: JSONText
        /// What was sent and nobody else may read: who answers may repeat it.
        var secrets: [String] = []
    }

    private let surroundings: GrantSurroundings
    /// The server on whose word all of them are called.
    private let server: HTTPURL
    private let end: NIODeadline

    /// Begins one step, whose time runs from now on.
    init(_ surroundings: GrantSurroundings, for server: HTTPURL) {
        self.surroundings = surroundings
        self.server = server
        end = surroundings.uptime() + Self.longestTime
    }

    /// Whether an address may be called.
    func mayBeCalled(_ url: HTTPURL) -> Bool {
        url.origin.scheme == .https || url.origin.isLoopback && server.origin.isLoopback
    }

    /// The document at the first of some places that has one; nil where none has.
    ///
    /// Servers of pages give every address a page, so that a place that answers with something else than JSON is passed
    /// over.
    ///
    /// - Throws: what ``document(at:)`` does; `noDocument` where no place has one, and some have something else.
    func document(atFirstOf places: [HTTPURL]) async throws(GrantFailure) -> (JSONText, from: HTTPURL)? {
        var somethingElse: GrantFailure?
        for place in places {
            do throws(GrantFailure) {
                if let found = try await document(at: place) { return found }
            } catch {
                guard error.kind == .noDocument else { throw error }
                somethingElse = somethingElse ?? error
            }
        }
        if let somethingElse { throw somethingElse }
        return nil
    }

    /// A document; nil where there is none.
    ///
    /// - Throws: `unreachable` where nobody answers, or the server has other troubles; `noDocument` where what stands there
    ///   is no JSON.
    func document(at url: HTTPURL) async throws(GrantFailure) -> (JSONText, from: HTTPURL)? {
        var place = url
        for _ in 0...Self.maximumRedirects {
            try check(place)
            let answer = try await send(HTTPCall(.get, place))
            switch answer.status {
            case 200: return (try json(answer, of: place), place)
            case 301, 302, 303, 307, 308: place = try target(of: answer, at: place)
            case 500..., 429: throw GrantFailure(.unreachable, "\(place) answers with status \(answer.status)")
            default: return nil
            }
        }
        throw GrantFailure(.unusable, "\(url) leads on and on: more than \(Self.maximumRedirects) redirects")
    }

    /// Sends a form.
    func send(
        form fields: [(name: String, value: String)], to url: HTTPURL,
        headers: [(name: String, value: String)] = []
    ) async throws(GrantFailure) -> Answer {
        try await answer(to: call(form: fields, to: url, headers: headers))
    }

    private func call(
        form fields: [(name: String, value: String)], to url: HTTPURL, headers: [(name: String, value: String)]
    ) -> HTTPCall {
        var call = HTTPCall(.post, url)
        call.mediaType = FormText.mediaType
        call.body = FormText.write(fields.map { ($0.name, Array($0.value.utf8)) })
        call.headers = headers
        return call
    }

    /// Sends a JSON object.
    func send(json body: ByteBuffer, to url: HTTPURL) async throws(GrantFailure) -> Answer {
        var call = HTTPCall(.post, url)
        call.body = body
        return try await answer(to: call)
    }

    private func answer(to call: HTTPCall) async throws(GrantFailure) -> Answer {
        let answer = try await decided(call)
        return Answer(status: answer.status, body: try json(answer, of: call.url))
    }

    /// Sends a form whose answer says nothing but its status.
    ///
    /// - Throws: where it is none of success.
    func submit(
        form fields: [(name: String, value: String)], to url: HTTPURL, headers: [(name: String, value: String)]
    ) async throws(GrantFailure) {
        let answer = try await decided(call(form: fields, to: url, headers: headers))
        guard answer.status == 200 else {
            throw GrantFailure(.refused(""), "\(url) answers with status \(answer.status)")
        }
    }

    /// What somebody answers who is able to, and not that he be asked elsewhere.
    private func decided(_ call: HTTPCall) async throws(GrantFailure) -> HTTPCall.Answer {
        try check(call.url)
        let answer = try await send(call)
        guard answer.status < 500, answer.status != 429 else {
            throw GrantFailure(.unreachable, "\(call.url) answers with status \(answer.status)")
        }
        guard !(300..<400).contains(answer.status) else {
            throw GrantFailure(
                .unusable, "\(call.url) answers with status \(answer.status), and redirects are not followed there")
        }
        return answer
    }

    private func check(_ url: HTTPURL) throws(GrantFailure) {
        guard mayBeCalled(url) else {
            throw GrantFailure(
                .unusable, "\(url) is not called: only https is, and http on this machine for a server that is there")
        }
    }

    private func target(of answer: HTTPCall.Answer, at place: HTTPURL) throws(GrantFailure) -> HTTPURL {
        // The error says only that the place is not one that we would call.
        guard let location = answer.location, let target = try? place.resolving(location) else {
            throw GrantFailure(.unusable, "\(place) answers with a redirect without a usable Location")
        }
        return target
    }

    private func json(_ answer: HTTPCall.Answer, of url: HTTPURL) throws(GrantFailure) -> JSONText {
        guard answer.isJSON else {
            throw GrantFailure(.noDocument, "\(url) answers with status \(answer.status) and not in JSON")
        }
        do throws(JSONError) {
            return try JSONText(scanning: answer.body, maximumDepth: 32)
        } catch {
            throw GrantFailure(.noDocument, "\(url) does not answer in JSON: \(error)")
        }
    }

    private func send(_ call: HTTPCall) async throws(GrantFailure) -> HTTPCall.Answer {
        let left = end - surroundings.uptime()
        guard left > .zero else {
            throw GrantFailure(
                .unreachable,
                "\(call.url) was not asked: whoever was asked before took \(Self.longestTime.nanoseconds / 1_000_000_000) s altogether"
            )
        }
        var call = call
        call.timeout = min(Self.timeout, left)
        call.maximumBytes = Self.maximumBytes
        do throws(UpstreamFailure) {
            return try await surroundings.send(call)
        } catch {
            let kind: GrantFailure.Kind = error.code == .unreadable ? .unusable : .unreachable
            throw GrantFailure(kind, "\(call.url): \(error.detail)")
        }
    }
}
