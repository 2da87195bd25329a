import MCPCore
import NIOCore

/// Writes piece behind piece into memory that is long enough for all of them.
///
/// A line of an audit is made of two dozen short pieces, and a buffer that looks after itself at each costs several times
/// what it writes.
@safe
struct LineOutput {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    /// - Parameter memory: Is written to as long as this is used.
    init(_ memory: UnsafeMutableRawBufferPointer) {
        unsafe self.memory = memory
    }

    /// What was written.
    var written: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: memory[..<count]) }

    mutating func add(_ text: StaticString) {
        unsafe copy(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func add(_ bytes: ByteBuffer) { unsafe bytes.withUnsafeReadableBytes { unsafe copy($0) } }

    mutating func add(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe copy($0) } }

    /// Adds a number that is not negative, in decimal digits.
    mutating func add(_ number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            addDigit(number / divisor % 10)
            divisor /= 10
        }
    }

    /// Adds the last digit of a number.
    mutating func addDigit(_ number: Int) {
        precondition(unsafe count < memory.count)
        unsafe memory[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
        count += 1
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        precondition(unsafe bytes.count <= memory.count - count)
        guard let source = bytes.baseAddress else { return }
        unsafe memory.baseAddress?.advanced(by: count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }
}
