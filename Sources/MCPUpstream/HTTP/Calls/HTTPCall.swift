package import Addresses
package import MCPCore
package import NIOCore

/// One request to an API over HTTP, and its whole answer. Redirects are not followed.
package struct HTTPCall: Sendable {
    /// The methods that such an API has.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// Holds what came back, whatever the status.
    package struct Answer: Sendable {
        package let status: Int
        package let body: ByteBuffer
        /// Where a redirect leads, as it stands in the answer.
        package let location: String?
        /// Whether the body is JSON by its type.
        package let isJSON: Bool
        /// What the body is, in the server's words.
        package var contentType: String?
        /// For how many seconds the server wants to be left alone.
        package var retryAfter: Int?

        package init(status: Int, body: ByteBuffer, location: String?, isJSON: Bool) {
            self.status = status
            self.body = body
            self.location = location
            self.isJSON = isJSON
        }
    }

    package let method: Method
    package internal(set) var url: HTTPURL
    package var body: ByteBuffer?
    /// What the body is.
    package var mediaType: StaticString = "application/json"
    /// What is asked for; JSON where nothing is said, and event streams where they are heard.
    var accept: StaticString?
    /// What is known already and need not be sent again.
    var knownTag: FieldValue?
    package var headers: [(name: String, value: String)] = []
    /// How long everything may take; nil for as long as it likes.
    package var timeout: TimeAmount?
    package var maximumBytes = 64 << 20
    /// How servers are reached, and which are believed.
    package var egress = HTTPEgress()
    /// What may be connected to.
    package var reach = Reach.anywhere

    package init(_ method: Method, _ url: HTTPURL) {
        self.method = method
        self.url = url
    }

    /// Sends the request. Cancelling the task closes the connection.
    ///
    /// - Parameter onEvent: Hears the events of an answer that is an event stream, on the event loop; such an answer
    ///   has no body then. Without it nothing but JSON is asked for.
    /// - Throws: `UpstreamFailure` when there is no answer, or it is too large.
    package func send(
        on eventLoop: any EventLoop, onEvent: (@Sendable (ServerSentEvent) -> Void)? = nil
    ) async throws(UpstreamFailure) -> Answer {
        let reply = try await reply(on: eventLoop, onEvent: onEvent)
        var answer = Answer(
            status: reply.head.status, body: reply.body, location: reply.head.location,
            isJSON: reply.head.content == .json)
        (answer.contentType, answer.retryAfter) = (reply.contentType, reply.head.retryAfter)
        return answer
    }

    /// The same with all that matters of the answer's head.
    func reply(
        on eventLoop: any EventLoop, onEvent: (@Sendable (ServerSentEvent) -> Void)? = nil
    ) async throws(UpstreamFailure) -> HTTPCallRun.Reply {
        let promise = eventLoop.makePromise(of: Result<HTTPCallRun.Reply, UpstreamFailure>.self)
        let box = NIOLoopBoundBox<HTTPCallRun?>.makeEmptyBox(eventLoop: eventLoop)
        let call = self
        eventLoop.execute {
            let run = HTTPCallRun(call, eventLoop, onEvent: onEvent) { promise.succeed($0) }
            box.value = run
            run.start()
        }
        let result: Result<HTTPCallRun.Reply, UpstreamFailure>
        do {
            result = try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                eventLoop.execute { box.value?.cancel() }
            }
        } catch {
            throw UpstreamFailure(.closed, "the request was given up: \(error)")
        }
        return try result.get()
    }
}
