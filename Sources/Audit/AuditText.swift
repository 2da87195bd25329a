import MCPCore
import NIOCore

/// Makes the lines of entries.
struct AuditText {
    /// How long arguments may be; of longer ones only the length is told.
    static let maximumArgumentBytes = 64 << 10
    /// How much of the line of a call is there beside what it has in common with others, and its arguments.
    private static let callBytes = 300

    /// What is said of calls beside what is another thing for each. Most calls are like others before.
    private var known = KnownCalls()
    private var clock = AuditClockText()
    /// The number of a request, while it is written.
    private var request = ByteBuffer()

    /// Writes the next line of a chain.
    ///
    /// - Parameters:
    ///   - mask: What of arguments is written.
    ///   - lines: Those before it that are written with it.
    mutating func append(
        _ entry: AuditEntry, _ mask: ArgumentMask, to chain: inout AuditChain, _ lines: inout ByteBuffer
    ) {
        guard case .call(let call) = entry.event else { return chain.append(Self.object(of: entry), to: &lines) }
        let common = known.members(of: call)
        let arguments = call.arguments.flatMap(mask.masked).map(Self.members(of:)) ?? ByteBuffer()
        request.clear()
        call.request.write(to: &request)
        let size = Self.callBytes + request.readableBytes + common.readableBytes + arguments.readableBytes
        let time = clock.text(entry.time)
        chain.append(to: &lines, upTo: size) { line in
            line.add("\"time\":\"")
            line.add(time)
            line.add("\",\"event\":\"call\",\"request\":\"")
            line.add(request)
            line.add("\",")
            line.add(common)
            line.add(",\"ms\":")
            Self.addMilliseconds(call.nanoseconds, to: &line)
            line.add(",\"requestBytes\":")
            line.add(max(0, call.requestBytes))
            line.add(",\"answerBytes\":")
            line.add(max(0, call.answerBytes))
            line.add(arguments)
        }
    }

    /// What is told of anything but a call.
    private static func object(of entry: AuditEntry) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("time", UTCTime.text(entry.time))
        switch entry.event {
        case .call: break
        case .change(let change): add(change, to: &object)
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

    /// The members that tell of arguments, each behind a comma.
    private static func members(of arguments: ByteBuffer) -> ByteBuffer {
        var members = ByteBuffer()
        if arguments.readableBytes > maximumArgumentBytes {
            members.writeStaticString(",\"argumentBytes\":")
            members.writeDecimal(arguments.readableBytes)
        } else {
            members.writeStaticString(",\"arguments\":")
            members.writeImmutableBuffer(arguments)
        }
        return members
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
    private static func addMilliseconds(_ nanoseconds: Int64, to line: inout LineOutput) {
        let hundredths = max(0, Int(nanoseconds / 10_000))
        line.add(hundredths / 100)
        line.add(".")
        line.addDigit(hundredths / 10)
        if hundredths % 10 > 0 { line.addDigit(hundredths) }
    }

    static func shown(_ text: String) -> String { PrintableText.make(text) }
}

/// Moments as the audit writes them. Most are of the same second as the one before.
private struct AuditClockText {
    private var second = -1
    private var bytes: [UInt8] = []

    mutating func text(_ time: Double) -> [UInt8] {
        let milliseconds = Int(max(0, time) * 1_000)
        guard milliseconds / 1_000 == second, bytes.count > 4 else {
            second = milliseconds / 1_000
            bytes = Array(UTCTime.text(time).utf8)
            return bytes
        }
        for (place, divisor) in [(4, 100), (3, 10), (2, 1)] {
            bytes[bytes.count - place] = UInt8(ascii: "0") + UInt8(milliseconds / divisor % 10)
        }
        return bytes
    }
}
