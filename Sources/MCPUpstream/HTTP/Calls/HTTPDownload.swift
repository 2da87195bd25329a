package import Addresses
package import NIOCore

/// One file fetched over HTTP: for configuration that lives elsewhere, not for messages.
package struct HTTPDownload: Sendable {
    /// The file, or that it is the one that is known.
    package struct Content: Sendable {
        package let bytes: ByteBuffer
        /// The Content-Type as the server wrote it.
        package let contentType: String?
        /// Where the file was found, after redirects.
        package let url: HTTPURL
        /// What the server calls this text (`ETag`), where it has a name for it.
        package let tag: Tag?
        /// Whether it is the text that was known; then there are no bytes.
        package let isUnchanged: Bool
    }

    /// A server's name for a text, which can be said back to it.
    package struct Tag: Sendable, Equatable {
        let value: FieldValue
    }

    /// The most redirects that are followed, to the same scheme or to https.
    package static let maximumRedirects = 5

    package let url: HTTPURL
    /// Header fields that are sent to the URL's own origin, and to no other that it redirects to.
    package var headers: [(name: String, value: String)] = []
    /// How long everything may take.
    package var timeout = TimeAmount.seconds(30)
    package var maximumBytes = 16 << 20
    /// How servers are reached, and which are believed; `unverified` only where the operator says so.
    package var egress = HTTPEgress()

    /// What the server called the text that is known already, so that it need not send that again.
    package var knownTag: Tag?

    package init(url: HTTPURL) {
        self.url = url
    }

    /// Fetches the file. Cancelling the task closes the connection.
    ///
    /// - Throws: `UpstreamFailure` when there is no such file, it is too large, or it does not come in time.
    package func fetch(on eventLoop: any EventLoop) async throws(UpstreamFailure) -> Content {
        var call = HTTPCall(.get, url)
        (call.accept, call.headers, call.knownTag) = ("*/*", headers, knownTag?.value)
        (call.maximumBytes, call.egress) = (maximumBytes, egress)
        let end = NIODeadline.now() + timeout
        for _ in 0...Self.maximumRedirects {
            call.timeout = end - .now()
            let reply = try await ask(call, on: eventLoop)
            if let location = reply.head.location, [301, 302, 303, 307, 308].contains(reply.head.status) {
                call = try next(after: call, to: location)
                continue
            }
            return try content(reply, of: call)
        }
        throw UpstreamFailure(
            .unexpectedHTTPAnswer, "\(url) redirects more than \(Self.maximumRedirects) times")
    }

    /// - Throws: what went wrong; what is wrong with the answer, with the address that gave it.
    private func ask(
        _ call: HTTPCall, on eventLoop: any EventLoop
    ) async throws(UpstreamFailure) -> HTTPCallRun.Reply {
        do throws(UpstreamFailure) {
            return try await call.reply(on: eventLoop)
        } catch {
            switch error.code {
            case .timedOut: throw UpstreamFailure(.timedOut, "\(call.url) was not fetched in time")
            case .unreadable: throw UpstreamFailure(.unreadable, "\(call.url): \(error.detail)")
            default: throw error
            }
        }
    }

    private func content(_ reply: HTTPCallRun.Reply, of call: HTTPCall) throws(UpstreamFailure) -> Content {
        if reply.head.status == 304, let knownTag {
            return Content(bytes: ByteBuffer(), contentType: nil, url: call.url, tag: knownTag, isUnchanged: true)
        }
        guard reply.head.status == 200 else {
            var refusal = RefusedAnswer(
                reply.head, from: call.url, maximumMessageBytes: RefusedAnswer.maximumTextBytes, hiding: [])
            // Of a longer one nothing is repeated.
            _ = refusal.append(reply.body)
            throw UpstreamFailure(refusal.failure.code, "\(call.url): \(refusal.failure.detail)")
        }
        return Content(
            bytes: reply.body, contentType: reply.contentType, url: call.url, tag: reply.tag.map(Tag.init),
            isUnchanged: false)
    }

    /// The same request at the place to which a server redirects.
    private func next(after call: HTTPCall, to location: String) throws(UpstreamFailure) -> HTTPCall {
        let url = call.url
        // The error says only that the place is not one that we would call.
        guard let place = try? url.resolving(location) else {
            throw UpstreamFailure(.unexpectedHTTPAnswer, "\(url) redirects to something that is not a URL")
        }
        guard place.origin.scheme == url.origin.scheme || place.origin.scheme == .https else {
            throw UpstreamFailure(
                .unexpectedHTTPAnswer,
                "\(url) redirects from https to \(place.origin), which would be readable on the way")
        }
        var next = call
        next.url = place
        // Credentials are for the origin that they were configured for.
        if place.origin != url.origin { next.headers = [] }
        return next
    }
}
