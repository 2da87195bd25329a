import MCPCore
import NIOCore

/// Makes the text of entries: an object of JSON each, on one line.
struct AuditText {
    /// How long arguments may be; of longer ones only the length is told.
    static let maximumArgumentBytes = 64 << 10

    /// What is said of calls beside what is another thing for each. Most calls are like others before.
    private var known = KnownCalls()

    /// - Parameter mask: What of arguments is written.
    mutating func object(of entry: AuditEntry, _ mask: ArgumentMask) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("time", UTCTime.text(entry.time))
        switch entry.event {
        case .call(let call): add(call, to: &object, mask)
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

    private mutating func add(_ call: AuditedCall, to object: inout JSONObjectWriter, _ mask: ArgumentMask) {
        object.add("event", "call")
        object.add("request", call.request.text)
        object.add(members: known.members(of: call))
        object.add("ms", json: Self.milliseconds(call.nanoseconds))
        object.add("requestBytes", call.requestBytes)
        object.add("answerBytes", call.answerBytes)
        guard let arguments = call.arguments.flatMap(mask.masked) else { return }
        if arguments.readableBytes > Self.maximumArgumentBytes {
            object.add("argumentBytes", arguments.readableBytes)
        } else {
            object.add("arguments", json: arguments)
        }
    }

    private static func add(_ change: AuditedChange, to object: inout JSONObjectWriter) {
        object.add("event", "change")
        object.add("request", change.request?.text)
        object.add("principal", shown(change.principal))
        if !change.address.isEmpty { object.add("address", change.address) }
        object.add("change", change.change)
        object.add("server", change.server.map(shown))
        object.add("group", change.group.map(shown))
        object.add("outcome", shown(change.outcome))
        if !change.details.isEmpty { object.add("details", change.details.prefix(100).map(shown)) }
    }

    /// Such as `12.5` and `3.0`: to the hundredth.
    private static func milliseconds(_ nanoseconds: Int64) -> ByteBuffer {
        let hundredths = max(0, Int(nanoseconds / 10_000))
        var number = ByteBuffer()
        number.writeDecimal(hundredths / 100)
        number.writeStaticString(".")
        number.writeDecimal(hundredths / 10 % 10)
        if hundredths % 10 > 0 { number.writeDecimal(hundredths % 10) }
        return number
    }

    static func shown(_ text: String) -> String { PrintableText.make(text) }
}
