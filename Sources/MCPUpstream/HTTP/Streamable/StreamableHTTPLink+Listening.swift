import Logging
import NIOCore

// MARK: - What the server says unasked

extension StreamableHTTPLink {
    package func openListeningStream() {
        isListeningWanted = true
        startListening()
    }

    package func closeListeningStream() {
        isListeningWanted = false
        listening?.cancel()
        listening = nil
        listeningSettled()
    }

    /// Asks for the stream if it is wanted. Requests wait until it has begun, or it is clear that it will not.
    func startListening() {
        guard isOpen, isListeningWanted, hasListening, listening == nil,
            gate.isOpen || gate.awaitsStream
        else { return }
        let stream = ListeningStream(on: self)
        listening = stream
        if !pool.beginsStreamsLate {
            gate.awaitStream()
            gateTimer = eventLoop.assumeIsolated().scheduleTask(in: settings.listeningTimeout) {
                self.logger.debug("listening stream has not begun in time; going on without")
                self.pool.beginsStreamsLate = true
                self.listeningSettled()
            }
        }
        stream.start()
    }

    /// The stream has begun, or will not for now.
    func listeningSettled() {
        if gate.awaitsStream { passHeld() }
    }

    /// The server has no stream for what it says unasked, or none that can be read.
    ///
    /// - Parameter refused: What it may be for that there is none, so that whoever brings something else is asked for one; nil
    ///   where nobody gets one.
    func listeningEnded(_ reason: String, refusing refused: BroughtFields?) {
        listening = nil
        logger.debug("server has no listening stream", metadata: ["reason": "\(reason)"])
        guard let refused else { return hasListening = false }
        // Something else has been brought while the server refused this.
        if brought != refused { startListening() }
    }
}
