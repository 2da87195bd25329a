import Addresses
import NIOCore
import NIOHTTP1

/// One download under way: a GET, and another for each redirect.
final class DownloadRun: HTTPResponseReceiver {
    private let download: HTTPDownload
    private let pools: HTTPConnectionPools
    private var url: HTTPURL
    private var headers: [(name: String, value: String)]
    private var redirects = 0
    private var exchange: HTTPExchange?
    private var timer: Scheduled<Void>?
    private var refusal: RefusedAnswer?
    private var contentType: String?
    private var tag: FieldValue?
    private var body = ByteBuffer()
    private var whenDone: ((Result<HTTPDownload.Content, UpstreamFailure>) -> Void)?

    init(
        _ download: HTTPDownload,
        _ eventLoop: any EventLoop,
        whenDone: @escaping (Result<HTTPDownload.Content, UpstreamFailure>) -> Void
    ) {
        self.download = download
        self.url = download.url
        self.headers = download.headers
        self.pools = HTTPConnectionPools(eventLoop: eventLoop, egress: download.egress)
        self.whenDone = whenDone
    }

    func start() {
        timer = pools.eventLoop.assumeIsolated().scheduleTask(in: download.timeout) {
            self.finish(.failure(UpstreamFailure(.timedOut, "\(self.url) was not fetched in time")))
        }
        request()
    }

    func cancel() {
        finish(.failure(UpstreamFailure(.closed, "the download was given up")))
    }

    private func request() {
        var fields = RequestFields(origin: url.origin)
        fields.set("Accept", "*/*")
        fields.set("Accept-Encoding", "identity")
        fields.set("User-Agent", "mcp-proxy")
        fields.add(configured: headers)
        if let tag = download.knownTag { fields.set("If-None-Match", tag.value) }
        let request = HTTPUpstreamRequest(method: .GET, target: url.target, fields: fields)
        exchange = pools.pool(for: url.origin, .anywhere).send(request, self)
    }

    // MARK: HTTPResponseReceiver

    func receive(head: HTTPResponseHead, of exchange: HTTPExchange) {
        let answer = AnswerHead(head)
        if [301, 302, 303, 307, 308].contains(answer.status), let location = answer.location {
            exchange.cancel()
            return follow(location)
        }
        if answer.status == 304, let known = download.knownTag {
            exchange.cancel()
            return finish(
                .success(
                    HTTPDownload.Content(bytes: body, contentType: nil, url: url, tag: known, isUnchanged: true)))
        }
        guard answer.status == 200, !answer.isEncoded else {
            refusal = RefusedAnswer(answer, from: url, maximumMessageBytes: RefusedAnswer.maximumTextBytes)
            return
        }
        contentType = head.headers.first(name: "Content-Type")
        // A tag that cannot be said back to the server is none: the next fetch brings the whole text.
        tag = head.headers.first(name: "ETag").flatMap { FieldValue($0) }
        if let length = answer.contentLength, length > download.maximumBytes { failTooLong() }
    }

    func receive(body bytes: ByteBuffer, of exchange: HTTPExchange) {
        if refusal != nil {
            if refusal?.append(bytes) == false { concludeRefusal() }
            return
        }
        guard body.readableBytes + bytes.readableBytes <= download.maximumBytes else { return failTooLong() }
        body.writeImmutableBuffer(bytes)
    }

    func receiveEnd(of exchange: HTTPExchange) {
        if refusal != nil { return concludeRefusal() }
        finish(
            .success(
                HTTPDownload.Content(
                    bytes: body, contentType: contentType, url: url, tag: tag.map(HTTPDownload.Tag.init),
                    isUnchanged: false)))
    }

    func receive(failure: UpstreamFailure, of exchange: HTTPExchange) {
        finish(.failure(failure))
    }

    // MARK: Steps

    private func follow(_ location: String) {
        // The error says only that the place is not one that we would call.
        guard let next = try? url.resolving(location) else {
            return fail("\(url) redirects to something that is not a URL")
        }
        guard redirects < HTTPDownload.maximumRedirects else {
            return fail("\(download.url) redirects more than \(HTTPDownload.maximumRedirects) times")
        }
        guard next.origin.scheme == url.origin.scheme || next.origin.scheme == .https else {
            return fail("\(url) redirects from https to \(next.origin), which would be readable on the way")
        }
        redirects += 1
        // Credentials are for the origin that they were configured for.
        if next.origin != url.origin { headers = [] }
        url = next
        request()
    }

    private func concludeRefusal() {
        guard let failure = refusal?.failure else { return }
        finish(.failure(UpstreamFailure(failure.code, "\(url): \(failure.detail)")))
    }

    private func failTooLong() {
        finish(
            .failure(UpstreamFailure(.unreadable, "\(url) is larger than \(download.maximumBytes) bytes")))
    }

    private func fail(_ detail: String) {
        finish(.failure(UpstreamFailure(.unexpectedHTTPAnswer, detail)))
    }

    private func finish(_ result: Result<HTTPDownload.Content, UpstreamFailure>) {
        guard let done = whenDone else { return }
        whenDone = nil
        timer?.cancel()
        exchange?.cancel()
        exchange = nil
        pools.shutDown()
        done(result)
    }
}
