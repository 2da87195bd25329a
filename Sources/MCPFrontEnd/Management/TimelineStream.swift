import MCPCore
import MCPGateway
import NIOCore

/// The requests of clients as an event stream, from when they end. A reader that is slow misses some and is told how many;
/// nobody who calls ever waits for one.
///
/// Confined to the event loop of its connection.
final class TimelineStream: LoopConfined, @unchecked Sendable {
    /// How soon after it has ended a request is told.
    private static let interval = TimeAmount.milliseconds(200)
    /// How many are told before others on the event loop have their turn.
    private static let portion = 200

    let eventLoop: any EventLoop
    private let timeline: RequestTimeline
    private let responder: HTTPResponder
    /// Whether what only its client knows of is told, too.
    private let showsPrivate: Bool
    private var last: Int
    private var turns: RepeatedTask?

    private init(_ timeline: RequestTimeline, after lastSeen: Int, showsPrivate: Bool, _ responder: HTTPResponder) {
        self.timeline = timeline
        self.responder = responder
        self.eventLoop = responder.eventLoop
        self.showsPrivate = showsPrivate
        self.last = timeline.join(after: lastSeen)
    }

    /// Begins the response. It ends with its client, or with the proxy.
    ///
    /// - Parameter lastSeen: The number of the last request that the client has; 0 for none.
    static func begin(
        _ timeline: RequestTimeline, after lastSeen: Int, showsPrivate: Bool, _ responder: HTTPResponder
    ) {
        responder.runNowOrLater { responder in
            guard !responder.isEnded else { return }
            responder.beginEventStream()
            let stream = TimelineStream(timeline, after: lastSeen, showsPrivate: showsPrivate, responder)
            responder.clientLeft = { stream.end() }
            stream.turns = stream.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in
                stream.tell()
            }
        }
    }

    private func end() {
        checkConfinement()
        turns?.cancel()
        turns = nil
        timeline.leave()
    }

    /// Tells what has come, as far as the client has read what came before.
    private func tell() {
        checkConfinement()
        guard turns != nil, responder.hasRoom else { return }
        let (requests, missed) = timeline.requests(after: last, limit: Self.portion)
        if missed > 0 {
            var object = JSONObjectWriter()
            object.add("count", missed)
            responder.write(ServerSentEvent(name: "dropped", data: object.finished))
            last += missed
        }
        for request in requests {
            guard responder.hasRoom else { return }
            last = request.number
            guard showsPrivate || !request.isPrivate else { continue }
            responder.write(ServerSentEvent(data: request.json, id: String(request.number)))
        }
        guard requests.count == Self.portion else { return }
        eventLoop.execute { [self] in tell() }
    }
}
