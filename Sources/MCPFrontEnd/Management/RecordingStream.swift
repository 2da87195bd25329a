import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1
import Recordings

/// A recording as an event stream: an event for each line there is and each that comes, as fast as its client reads, until
/// the recording or the client ends.
///
/// Confined to the event loop of the client's connection.
final class RecordingStream: LoopConfined, @unchecked Sendable {
    /// How much is written before the client is looked at again.
    private static let largestRound = 256 << 10
    /// After which time a client that does not read is looked at again.
    private static let patience = TimeAmount.milliseconds(20)

    let eventLoop: any EventLoop
    private let recording: Recording
    private let responder: HTTPResponder
    /// The line that is next.
    private var next: Int
    private var isWoken = false

    private init(_ recording: Recording, after lastSeen: Int?, _ responder: HTTPResponder) {
        self.recording = recording
        self.responder = responder
        eventLoop = responder.eventLoop
        next = lastSeen.map { $0 + 1 } ?? 0
    }

    /// Begins the response.
    ///
    /// - Parameter lastSeen: The number of the last line that the client has, from 0 on; nil for none.
    static func begin(_ recording: Recording, after lastSeen: Int?, _ responder: HTTPResponder) {
        responder.runNowOrLater { responder in
            guard !responder.isEnded else { return }
            responder.beginEventStream()
            let stream = RecordingStream(recording, after: lastSeen, responder)
            responder.clientLeft = recording.follow { stream.wake() }
        }
    }

    /// Goes on, soon. May be called from anywhere.
    private func wake() {
        // Never at once, even on this event loop: many lines that come together are written together.
        eventLoop.execute { [self] in
            guard !isWoken else { return }
            isWoken = true
            eventLoop.assumeIsolated().execute { [self] in
                isWoken = false
                write()
            }
        }
    }

    private func write() {
        checkConfinement()
        var written = 0
        while !responder.isEnded {
            guard written < Self.largestRound, responder.hasRoom else {
                eventLoop.scheduleTask(in: Self.patience) { [self] in write() }
                return
            }
            let (line, isOver) = recording.line(next)
            guard let line else {
                if isOver {
                    responder.write(ServerSentEvent(name: "end", data: ByteBuffer(string: "{}")))
                    responder.end()
                }
                return
            }
            responder.write(ServerSentEvent(data: line, id: String(next)))
            written += line.readableBytes
            next += 1
        }
    }
}
