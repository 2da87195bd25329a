import MCPGateway
import NIOCore

/// Lets scrapers in at a place where nothing but the metrics is. Who may read them is asked as everywhere.
struct MetricsDoor: HTTPRequestHandler {
    let frontDoor: FrontDoor
    /// By the names of this place.
    let admission: Admission

    func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)]) {
        do throws(Refusal) {
            let request = try admission.admit(head)
            guard ManagementPath(request.target.path, prefix: admission.prefix) == .metrics else {
                throw Refusal(.unknownPath, "there is nothing here but \(admission.prefix)/metrics")
            }
            return (frontDoor.destination(ofMetrics: request), [])
        } catch {
            return (.refused(error), [])
        }
    }

    func decide(
        _ request: AdmittedRequest, on eventLoop: any EventLoop, _ then: @escaping @Sendable (Destination) -> Void
    ) {
        frontDoor.decide(request, on: eventLoop, then)
    }

    func handle(_ destination: Destination, body: ByteBuffer, _ responder: HTTPResponder) {
        frontDoor.handle(destination, body: body, responder)
    }

    func refuseBody(for destination: Destination, _ responder: HTTPResponder) {
        frontDoor.refuseBody(for: destination, responder)
    }

    func refused(_ request: RefusedRequest) { frontDoor.refused(request) }
}
