import MCPGateway
import NIOCore

// MARK: - Requests of which it has to be found out who sends them

extension ClientSocket {
    /// How long a request waits for that.
    private static let longestDecision = Duration.seconds(15)

    /// Waits until it is known who sends a request. What the client sends meanwhile stays in its socket.
    func decide(_ request: AdmittedRequest) {
        guard let context else { return }
        state = .deciding
        startTimer(Self.longestDecision)
        let box = NIOLoopBound(self, eventLoop: context.eventLoop)
        handler.decide(request, on: context.eventLoop) { destination in
            box.value.decided(request.http, destination)
        }
    }

    private func decided(_ fields: HTTPRequestFields, _ destination: Destination) {
        // The client may have gone, or has had its answer because this took too long.
        guard case .deciding = state, let context, context.channel.isActive else { return }
        begin(fields, destination)
        takeWaiting()
        guard !inputIsClosed || !isReading else {
            context.close(promise: nil)
            return
        }
        if holdsRead, waiting.isEmpty {
            holdsRead = false
            context.read()
        }
    }

    private var isReading: Bool {
        switch state {
        case .readingBody, .skippingBody: true
        case .idle, .deciding, .answering, .refused: false
        }
    }
}
