import MCPCore
import NIOCore

/// What one line of the audit tells, and when that was.
struct AuditEntry: Sendable {
    enum Event: Sendable {
        case call(AuditedCall)
        case change(AuditedChange)
        /// A run begins to write. Behind the last line of the one before there were so many bytes that are none.
        case start(torn: Int)
        /// So many lines could not be written.
        case lost(Int)
        /// A run has ended.
        case end
    }

    /// How long a name may be.
    private static let maximumNameBytes = PrintableText.maximumNameBytes
    /// How long arguments may be; of longer ones only the length is told.
    static let maximumArgumentBytes = 64 << 10

    /// In seconds since 1970.
    let time: Double
    let event: Event

    init(_ event: Event, at time: Double = AuditClock.now) {
        self.time = time
        self.event = event
    }

    /// How much memory it takes while it waits, about.
    var cost: Int {
        guard case .call(let call) = event else { return 512 }
        return 512 + (call.arguments == nil && call.client == nil ? 0 : call.requestBytes)
    }

    /// The object of JSON, on one line.
    ///
    /// - Parameter mask: What of arguments is written.
    func json(_ mask: ArgumentMask) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("time", UTCTime.text(time))
        switch event {
        case .call(let call): Self.add(call, to: &object, mask)
        case .change(let change): Self.add(change, to: &object)
        case .start(let torn):
            object.add("event", "start")
            object.add("torn", torn)
        case .lost(let count):
            object.add("event", "lost")
            object.add("lines", count)
        case .end: object.add("event", "end")
        }
        return object.finished
    }

    private static func add(_ call: AuditedCall, to object: inout JSONObjectWriter, _ mask: ArgumentMask) {
        object.add("event", "call")
        object.add("request", call.request)
        object.add("principal", shown(call.principal))
        // What cannot be read was not accepted by the handshake either.
        if let client = call.client.flatMap({ try? JSONText(scanning: $0) })?.root {
            object.add("client", client["name"]?.string.map(shown))
            object.add("clientVersion", client["version"]?.string.map(shown))
        }
        if !call.address.isEmpty { object.add("address", call.address) }
        object.add("route", shown(call.route))
        object.add("server", call.server.map(shown))
        object.add("tool", call.tool.map(shown))
        object.add("outcome", call.outcome)
        object.add("reason", call.reason)
        object.add("ms", json: ByteBuffer(string: "\(Double(call.nanoseconds / 10_000) / 100)"))
        object.add("requestBytes", call.requestBytes)
        object.add("answerBytes", call.answerBytes)
        guard let arguments = call.arguments.flatMap(mask.masked) else { return }
        if arguments.readableBytes > maximumArgumentBytes {
            object.add("argumentBytes", arguments.readableBytes)
        } else {
            object.add("arguments", json: arguments)
        }
    }

    private static func add(_ change: AuditedChange, to object: inout JSONObjectWriter) {
        object.add("event", "change")
        object.add("request", change.request)
        object.add("principal", shown(change.principal))
        if !change.address.isEmpty { object.add("address", change.address) }
        object.add("change", change.change)
        object.add("server", change.server.map(shown))
        object.add("group", change.group.map(shown))
        object.add("outcome", shown(change.outcome))
        if !change.details.isEmpty { object.add("details", change.details.prefix(100).map(shown)) }
    }

    private static func shown(_ text: String) -> String { PrintableText.make(text, maximumBytes: maximumNameBytes) }
}
