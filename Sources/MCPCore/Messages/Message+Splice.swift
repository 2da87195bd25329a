package import NIOCore

/// One span of a message that is written anew; everything around it stays as it came.
package struct Edit: Sendable {
    /// What stands there instead.
    package enum Replacement: Sendable {
        case integer(Int64)
        case id(RequestID)
        case bytes(ByteBuffer)
    }

    package let range: ByteRange
    package let replacement: Replacement

    package init(_ range: ByteRange, _ replacement: Replacement) {
        self.range = range
        self.replacement = replacement
    }

    /// An insertion stands before whatever is replaced at the same place.
    fileprivate static func stands(_ left: Edit, before right: Edit) -> Bool {
        (left.range.lowerBound, left.range.upperBound) < (right.range.lowerBound, right.range.upperBound)
    }
}

extension Message {
    /// The message with some spans replaced, on one line.
    ///
    /// - Parameter edits: In the order of their ranges or not; they must not overlap.
    package func spliced(_ edits: [Edit]) -> ByteBuffer {
        var output = ByteBuffer()
        output.reserveCapacity(bytes.readableBytes + 64)
        var copied = 0
        for edit in edits.count > 1 ? edits.sorted(by: Edit.stands(_:before:)) : edits {
            copy(copied..<edit.range.lowerBound, to: &output)
            switch edit.replacement {
            case .integer(let value): output.writeDecimal(value)
            case .id(let id): output.writeRequestID(id)
            case .bytes(let bytes): output.writeImmutableBuffer(bytes)
            }
            copied = edit.range.upperBound
        }
        copy(copied..<bytes.readableBytes, to: &output)
        if envelope.hasLineBreak { output.blankLineBreaks() }
        return output
    }

    /// The message as it came, on one line.
    package var singleLine: ByteBuffer {
        guard envelope.hasLineBreak else { return bytes }
        var output = bytes
        output.blankLineBreaks()
        return output
    }

    private func copy(_ range: ByteRange, to output: inout ByteBuffer) {
        guard !range.isEmpty else { return }
        unsafe bytes.withUnsafeReadableBytes { all in
            _ = unsafe output.writeBytes(UnsafeRawBufferPointer(rebasing: all[range]))
        }
    }
}

extension ByteBuffer {
    /// Replaces line breaks by spaces. In accepted JSON they can only stand between tokens.
    package mutating func blankLineBreaks() {
        unsafe withUnsafeMutableReadableBytes { bytes in
            for index in bytes.indices where unsafe bytes[index] == 0x0A || bytes[index] == 0x0D {
                unsafe bytes[index] = 0x20
            }
        }
    }
}
