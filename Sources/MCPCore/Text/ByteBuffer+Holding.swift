import CTextScan
package import NIOCore

extension ByteBuffer {
    /// Whether the readable bytes hold a text, at the speed at which memory is read.
    package func holds(_ text: StaticString) -> Bool {
        unsafe withUnsafeReadableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return unsafe text_holds(base, bytes.count, text.utf8Start, text.utf8CodeUnitCount)
        }
    }

    /// How many of the readable bytes have a value, at the speed at which memory is read.
    package func count(of byte: UInt8) -> Int {
        unsafe withUnsafeReadableBytes { bytes in
            guard let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return 0 }
            return unsafe text_count(byte, base, bytes.count)
        }
    }
}
