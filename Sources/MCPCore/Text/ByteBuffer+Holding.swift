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
}
