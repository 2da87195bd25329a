package import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension ByteBuffer {
    /// Where a text stands, counted from the reader index; nil when it does not.
    ///
    /// - Parameter start: How many readable bytes are passed over.
    package func offset(of text: StaticString, from start: Int = 0) -> Int? {
        unsafe withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress, text.utf8CodeUnitCount > 0 else { return nil }
            let length = text.utf8CodeUnitCount
            var index = start
            while index + length <= bytes.count {
                let rest = bytes.count - index - length + 1
                guard let found = unsafe memchr(base + index, Int32(text.utf8Start[0]), rest) else { return nil }
                index = unsafe UnsafeRawPointer(found) - base
                if unsafe memcmp(base + index, text.utf8Start, length) == 0 { return index }
                index += 1
            }
            return nil
        }
    }

    /// Whether these bytes stand at an offset from the reader index.
    package func holds(_ other: ByteBuffer, at offset: Int) -> Bool {
        guard offset + other.readableBytes <= readableBytes else { return false }
        return unsafe withUnsafeReadableBytes { bytes in
            unsafe other.withUnsafeReadableBytes { wanted in
                guard let base = bytes.baseAddress, let start = wanted.baseAddress else {
                    return other.readableBytes == 0
                }
                return unsafe memcmp(base + offset, start, wanted.count) == 0
            }
        }
    }

    /// Whether a text stands at an offset from the reader index.
    package func holds(_ text: StaticString, at offset: Int) -> Bool {
        guard offset + text.utf8CodeUnitCount <= readableBytes else { return false }
        return unsafe withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe memcmp(base + offset, text.utf8Start, text.utf8CodeUnitCount) == 0
        }
    }

    /// The whole number that stands at an offset from the reader index; nil without a digit.
    package func number(at offset: Int) -> Int? {
        var index = readerIndex + offset
        var value: Int?
        while index < writerIndex, let digit: UInt8 = getInteger(at: index), (0x30...0x39).contains(digit) {
            let (product, overflowed) = (value ?? 0).multipliedReportingOverflow(by: 10)
            guard !overflowed else { return nil }
            value = product &+ Int(digit &- 0x30)
            index += 1
        }
        return value
    }

    /// The JSON value of `"id"`, as it was written. Only the first one is looked at: whoever writes to the benchmark
    /// writes it before the parameters.
    package var messageID: ByteBuffer? {
        guard let name = offset(of: "\"id\":") else { return nil }
        let start = readerIndex + name + 5
        var end = start
        while end < writerIndex, let byte: UInt8 = getInteger(at: end), byte != 0x2C, byte != 0x7D { end += 1 }
        return getSlice(at: start, length: end - start)
    }

    /// The offset of the method's first byte.
    package var methodOffset: Int? {
        offset(of: "\"method\":\"").map { $0 + 10 }
    }
}
