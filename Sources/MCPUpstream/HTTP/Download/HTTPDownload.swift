package import Addresses
package import NIOCore

/// One file fetched over HTTP: for configuration that lives elsewhere, not for messages.
package struct HTTPDownload: Sendable {
    /// Holds what came back.
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
        let promise = eventLoop.makePromise(of: Result<Content, UpstreamFailure>.self)
        let box = NIOLoopBoundBox<DownloadRun?>.makeEmptyBox(eventLoop: eventLoop)
        let download = self
        eventLoop.execute {
            let run = DownloadRun(download, eventLoop) { promise.succeed($0) }
            box.value = run
            run.start()
        }
        let result: Result<Content, UpstreamFailure>
        do {
            result = try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                eventLoop.execute { box.value?.cancel() }
            }
        } catch {
            throw UpstreamFailure(.closed, "the download was given up: \(error)")
        }
        return try result.get()
    }
}
