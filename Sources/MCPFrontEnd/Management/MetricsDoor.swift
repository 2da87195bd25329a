import NIOCore

/// Lets scrapers in at a place where nothing but the metrics is. Who may read them is asked as everywhere.
struct MetricsDoor: HTTPRequestHandler {
    let frontDoor: FrontDoor
    /// By the names of this place.
    let admission: Admission

    func admit(_ head: HTTPRequestFields) -> (destination: Destination, answerHeaders: [(String, String)]) {
        (frontDoor.destination(of: head, by: admission), [])
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
