import CTextScan
package import NIOCore

extension ToolHeaderMarks {
    private static let name = Array("x-mcp-header".utf8)

    /// Whether there may be a mark in some JSON: a glance that costs little even for a long list of tools.
    ///
    /// Says yes where the name occurs anywhere, be it in a description, and where a `\u` escape stands for one of its
    /// characters, since the name may be written so. Such escapes have no other use; those of other characters, which
    /// many writers produce, do not count. A no is certain.
    package static func mayHaveMarks(_ bytes: ByteBuffer) -> Bool {
        unsafe bytes.withUnsafeReadableBytes { bytes in
            var position = 0
            while let hit = unsafe nextCandidate(bytes, from: position) {
                if unsafe isName(bytes, at: hit) || isEscapedCharacter(bytes, at: hit) { return true }
                position = hit + 1
            }
            return false
        }
    }

    /// The next `x-` or `\u`.
    private static func nextCandidate(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        let length = unsafe text_length_before_mark(
            (base + start).assumingMemoryBound(to: UInt8.self), bytes.count - start)
        return length < bytes.count - start ? start + length : nil
    }

    private static func isName(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard start + name.count <= bytes.count else { return false }
        for offset in name.indices where unsafe bytes[start + offset] != name[offset] { return false }
        return true
    }

    /// Whether `\u00` and two digits stand here that make a character of the name.
    private static func isEscapedCharacter(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard start + 6 <= bytes.count, unsafe bytes[start] == UInt8(ascii: "\\"),
            unsafe bytes[start + 1] == UInt8(ascii: "u"), unsafe bytes[start + 2] == UInt8(ascii: "0"),
            unsafe bytes[start + 3] == UInt8(ascii: "0"), let upper = Hexadecimal.value(of: unsafe bytes[start + 4]),
            let lower = Hexadecimal.value(of: unsafe bytes[start + 5])
        else { return false }
        return name.contains(upper << 4 | lower)
    }
}
