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

    /// The next `x` or backslash, looked for in eight bytes at a time.
    private static func nextCandidate(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        let high: UInt64 = 0x8080_8080_8080_8080
        let ones: UInt64 = 0x0101_0101_0101_0101
        var position = start
        while position + 8 <= bytes.count {
            let word = UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let letter = word ^ (ones &* 0x78)
            let backslash = word ^ (ones &* 0x5C)
            let hits = (((letter &- ones) & ~letter) | ((backslash &- ones) & ~backslash)) & high
            if hits != 0 { return position + hits.trailingZeroBitCount >> 3 }
            position += 8
        }
        while position < bytes.count {
            let byte = unsafe bytes[position]
            if byte == 0x78 || byte == 0x5C { return position }
            position += 1
        }
        return nil
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
