import MCPCore
import NIOCore

/// A server's journal as an event stream: what is kept, then what comes, until the server or the client goes.
enum JournalStream {
    /// Begins the response.
    ///
    /// - Parameter lastSeen: The number of the last entry that the client has; 0 for none.
    static func begin(_ journal: ServerJournal, after lastSeen: Int, _ responder: HTTPResponder) {
        responder.runNowOrLater { responder in
            guard !responder.isEnded else { return }
            responder.beginEventStream()
            // A number that has not been given yet is one of an earlier journal.
            let lastSeen = lastSeen > journal.entries.last?.number ?? 0 ? 0 : lastSeen
            let eventLoop = responder.eventLoop
            responder.clientLeft = journal.follow { entry in
                // Never at once, even on this event loop: an entry from elsewhere may be on its way here already.
                eventLoop.execute { tell(entry, after: lastSeen, responder) }
            }
        }
    }

    /// Sends one entry, if it has not been seen; nil ends the stream.
    private static func tell(_ entry: ServerJournal.Entry?, after lastSeen: Int, _ responder: HTTPResponder) {
        guard let entry else {
            responder.write(ServerSentEvent(name: "end", data: ByteBuffer(string: "{}")))
            responder.end()
            return
        }
        guard entry.number > lastSeen else { return }
        responder.write(ServerSentEvent(data: entry.json, id: String(entry.number)))
    }
}
