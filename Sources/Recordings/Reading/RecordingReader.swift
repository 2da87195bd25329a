import MCPCore
package import NIOCore

/// Reads a recording line by line.
package struct RecordingReader {
    /// Which request an answer belongs to.
    private struct Key: Hashable {
        let side: RecordedSide
        /// The client's request, or the connection.
        let place: String
        let id: ByteBuffer
    }

    private static let maximumDepth = 1_024

    private var recording: ReadRecording?
    private var open: [Key: Int] = [:]
    private var hasEnd = false
    private var unknown = 0

    private init() {}

    /// Reads a whole file.
    ///
    /// - Throws: `RecordingFault` that names the first line that cannot be read, and why.
    package static func read(_ bytes: ByteBuffer) throws(RecordingFault) -> ReadRecording {
        var reader = RecordingReader()
        var rest = bytes
        var number = 0
        while rest.readableBytes > 0 {
            number += 1
            let length = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map { $0 - rest.readerIndex }
            guard let line = rest.readSlice(length: length ?? rest.readableBytes) else { break }
            if length != nil { rest.moveReaderIndex(forwardBy: 1) }
            guard line.readableBytes > 0 else { continue }
            try reader.take(line, number, isWhole: length != nil)
        }
        guard var recording = reader.recording else { throw RecordingFault("it is empty") }
        if !reader.hasEnd { recording.remarks.append("it has no last line: it was cut off, and more may be missing") }
        if reader.unknown > 0 {
            recording.remarks.append("\(reader.unknown) lines are of a kind that this version does not know")
        }
        return recording
    }

    private mutating func take(_ bytes: ByteBuffer, _ number: Int, isWhole: Bool) throws(RecordingFault) {
        let line: JSONView
        do throws(JSONError) {
            line = try JSONText(scanning: bytes, maximumDepth: Self.maximumDepth).root
        } catch {
            let advice = isWhole ? "" : "; it was cut off there: remove that line to use the others"
            throw RecordingFault(line: number, "is no JSON: \(error)\(advice)")
        }
        guard line.isObject else { throw RecordingFault(line: number, "is no object") }
        guard recording != nil else { return recording = try Self.header(line, number) }
        guard !hasEnd else { throw RecordingFault(line: number, "stands behind the end of the recording") }
        if line["end"] != nil { return hasEnd = true }
        try take(entry: line, number)
    }

    private static func header(_ line: JSONView, _ number: Int) throws(RecordingFault) -> ReadRecording {
        guard let version = line["recording"] else {
            throw RecordingFault(line: number, "is not the first line of a recording: it has no member \"recording\"")
        }
        guard version.integer == Int64(RecordingFormat.version) else {
            let written = PrintableText.make(String(buffer: version.bytes), maximumBytes: 40)
            throw RecordingFault(
                line: number,
                "says that the recording is in version \(written) of its form, and this program reads version "
                    + "\(RecordingFormat.version)")
        }
        guard let bodies = line["bodies"]?.string.flatMap(RecordedBodies.init) else {
            throw RecordingFault(line: number, "does not say in \"bodies\" what was written: none, redacted or full")
        }
        return ReadRecording(bodies: bodies)
    }

    // MARK: Messages

    private mutating func take(entry line: JSONView, _ number: Int) throws(RecordingFault) {
        guard let side = line["side"]?.string.flatMap(RecordedSide.init),
            let direction = line["direction"]?.string.flatMap(RecordedDirection.init), let kind = line["kind"]?.string
        else {
            throw RecordingFault(line: number, "does not say in \"side\", \"direction\" and \"kind\" what it is about")
        }
        switch kind {
        case "introduction": note(introduction: line, line["body"], line["version"]?.string)
        case "request": try take(request: line, side, direction, number)
        case "result", "error": try take(answer: line, side, direction, kind, number)
        case "notification", "failure", "cancelled", "unreadable": break
        default: unknown += 1
        }
    }

    private func key(_ line: JSONView, _ side: RecordedSide) -> Key? {
        let place = side == .client ? line["request"]?.string : line["connection"].map { String(buffer: $0.bytes) }
        guard let place, let id = line["id"] else { return nil }
        return Key(side: side, place: place, id: id.bytes)
    }

    private mutating func take(
        request line: JSONView, _ side: RecordedSide, _ direction: RecordedDirection, _ number: Int
    ) throws(RecordingFault) {
        // The other way round a server asks its client.
        guard (side == .client) == (direction == .in), let key = key(line, side) else { return }
        guard let method = line["method"]?.string else { throw RecordingFault(line: number, "names no method") }
        open[key] = recording?.exchanges.count
        recording?.exchanges.append(
            RecordedExchange(
                side: side, line: number, method: method, params: line["body"]?["params"],
                server: line["server"]?.string, route: line["route"]?.string, era: line["era"]?.string))
    }

    private mutating func take(
        answer line: JSONView, _ side: RecordedSide, _ direction: RecordedDirection, _ kind: String, _ number: Int
    ) throws(RecordingFault) {
        guard (side == .client) == (direction == .out), let key = key(line, side),
            let place = open.removeValue(forKey: key), let body = line["body"]
        else { return }
        guard let content = body[kind] else {
            throw RecordingFault(line: number, "is of the kind \(kind) and has no \"\(kind)\" in its body")
        }
        recording?.exchanges[place].answer = kind == "result" ? .result(content) : .error(content)
        guard side == .upstream, kind == "result", let method = recording?.exchanges[place].method else { return }
        if method == Method.initialize.rawValue {
            note(introduction: line, content, content["protocolVersion"]?.string)
        } else if method == Method.serverDiscover.rawValue {
            let versions = content["supportedVersions"]?.elements.compactMap {
                $0.string.flatMap { ProtocolVersion($0) }
            }
            note(introduction: line, content, versions?.filter { $0.era == .modern }.max()?.name)
        }
    }

    /// Takes what a server says of itself; what it said first counts.
    private mutating func note(introduction line: JSONView, _ result: JSONView?, _ version: String?) {
        guard let server = line["server"]?.string, let result, result.isObject,
            let version = version.flatMap({ ProtocolVersion($0) }), recording?.introduction(of: server) == nil
        else { return }
        recording?.introductions.append(
            (
                server,
                ReadRecording.Introduction(
                    version: version.name, era: version.era.rawValue, result: result)
            ))
    }
}
