import NIOCore
import NIOHTTP1

/// Answers somebody who asks for a file of the dashboard.
struct DashboardAnswer: Sendable {
    private let status: HTTPResponseStatus
    private let headers: [(String, String)]
    private let file: DashboardFile?

    init(_ status: HTTPResponseStatus, _ headers: [(String, String)], file: DashboardFile? = nil) {
        self.status = status
        self.headers = headers
        self.file = file
    }

    /// Sends it.
    func send(_ responder: HTTPResponder) {
        if let file {
            responder.respond(status, body: file.bytes, mediaType: file.mediaType, headers)
        } else {
            responder.respond(status, headers)
        }
    }
}
