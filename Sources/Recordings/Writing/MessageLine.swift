import MCPCore
import NIOCore

/// Writes one line of a recording.
struct MessageLine {
    /// How deep a message may be to be looked into.
    private static let maximumDepth = 1_024
    private static let maximumNameBytes = PrintableText.maximumNameBytes

    let bodies: RecordedBodies
    let mask: MemberMask

    init(_ bodies: RecordedBodies, secrets: [String]) {
        self.bodies = bodies
        mask = MemberMask(secrets: secrets, hidesNamed: bodies != .full)
    }

    /// The object on one line, without an end of line.
    ///
    /// - Parameter session: The number that stands for the session.
    func json(_ entry: RecordedMessage, session: Int?) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("time", UTCTime.text(entry.time))
        object.add("side", entry.side.rawValue)
        object.add("direction", entry.direction.rawValue)
        switch entry.content {
        case .message(let bytes): add(message: bytes, of: entry, session, to: &object)
        case .introduction(let version, let result):
            object.add("kind", "introduction")
            addPlace(of: entry, session, to: &object)
            object.add("version", version)
            add(body: JSONText(accepted: result).root, to: &object)
        case .failure(let words):
            object.add("kind", "failure")
            addPlace(of: entry, session, to: &object)
            object.add("reason", PrintableText.make(mask.masked(words), maximumBytes: 1_024))
        case .cancelled:
            object.add("kind", "cancelled")
            addPlace(of: entry, session, to: &object)
        }
        return object.finished
    }

    private func add(
        message bytes: ByteBuffer, of entry: RecordedMessage, _ session: Int?, to object: inout JSONObjectWriter
    ) {
        // What is no message is told as such.
        guard let message = try? Message(bytes, maximumDepth: Self.maximumDepth, duplicateKeys: .accepted) else {
            object.add("kind", "unreadable")
            addPlace(of: entry, session, to: &object)
            object.add("bytes", bytes.readableBytes)
            // What is no JSON cannot be looked through for names of secrets.
            if bodies == .full { object.add("text", mask.masked(String(buffer: bytes))) }
            return
        }
        object.add("kind", Self.word(message.kind))
        if let id = message.view(message.envelope.id) { object.add("id", json: mask.masked(id)) }
        var entry = entry
        if message.kind == .request || message.kind == .notification { entry.method = message.methodName }
        addPlace(of: entry, session, to: &object)
        object.add("name", shown(message.view(message.envelope.name)?.string))
        object.add("bytes", bytes.readableBytes)
        var mask = mask
        mask.keepsSchemas = message.kind == .result && entry.method == Method.toolsList.rawValue
        if bodies != .none { object.add("body", json: mask.masked(JSONText(accepted: bytes).root)) }
    }

    private func addPlace(of entry: RecordedMessage, _ session: Int?, to object: inout JSONObjectWriter) {
        object.add("method", shown(entry.method))
        object.add("request", entry.request)
        object.add("principal", shown(entry.principal))
        object.add("server", shown(entry.server))
        object.add("route", shown(entry.route))
        object.add("session", session)
        object.add("connection", entry.connection)
        object.add("era", entry.era)
        object.add("status", entry.status)
    }

    private func add(body: JSONView, to object: inout JSONObjectWriter) {
        if bodies != .none { object.add("body", json: mask.masked(body)) }
    }

    /// A name that others have chosen.
    private func shown(_ name: String?) -> String? {
        name.map { PrintableText.make(mask.masked($0), maximumBytes: Self.maximumNameBytes) }
    }

    private static func word(_ kind: Envelope.Kind) -> String {
        switch kind {
        case .request: "request"
        case .notification: "notification"
        case .result: "result"
        case .error: "error"
        }
    }
}
