package import NIOCore

/// JSON-RPC batches, which revision 2025-03-26 requires and every other refuses.
package enum Batch {
    /// Whether the first character that is not white space opens an array.
    package static func isBatch(_ bytes: ByteBuffer) -> Bool {
        for byte in bytes.readableBytesView {
            switch byte {
            case 0x20, 0x0A, 0x0D, 0x09: continue
            default: return byte == UInt8(ascii: "[")
            }
        }
        return false
    }

    /// The messages of a batch, each still to be read.
    ///
    /// - Throws: `MessageError.Code.malformed` for bad JSON, `.invalid` for a batch that is empty or too long.
    package static func split(
        _ bytes: ByteBuffer,
        maximumCount: Int,
        maximumDepth: Int,
        duplicateKeys: JSONScanner.DuplicateKeys = .refused
    ) throws(MessageError) -> [ByteBuffer] {
        var ranges: [ByteRange] = []
        do throws(JSONError) {
            try bytes.scanJSON(maximumDepth: maximumDepth, duplicateKeys: duplicateKeys) {
                (scanner) throws(JSONError) in
                try scanner.elements(depth: 0) { (scanner) throws(JSONError) in
                    ranges.append(try scanner.skipValue(depth: 1))
                }
                try scanner.expectEnd()
            }
        } catch {
            throw .malformed(error)
        }
        guard !ranges.isEmpty else {
            throw MessageError(code: .invalid, reason: "a batch must hold at least one message", id: nil)
        }
        guard ranges.count <= maximumCount else {
            throw MessageError(code: .invalid, reason: "a batch may hold at most \(maximumCount) messages", id: nil)
        }
        return ranges.map { JSONView(text: bytes, range: $0).bytes }
    }
}
