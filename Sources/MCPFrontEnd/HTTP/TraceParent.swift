/// Reads what a request says of the trace that it is a part of
/// ([W3C Trace Context](https://www.w3.org/TR/trace-context/#traceparent-header)).
enum TraceParent {
    /// The four fields that every version has: version, trace, parent and flags.
    private static let length = 55
    private static let dashes = [2, 35, 52]

    /// Returns a valid value without what later versions append; nil for every other one.
    static func valid(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        guard bytes.count >= length else { return nil }
        for (place, byte) in bytes.prefix(length).enumerated() {
            let isDash = dashes.contains(place)
            guard isDash ? byte == UInt8(ascii: "-") : isLowercaseHexadecimal(byte) else { return nil }
        }
        let isFirstVersion = text.hasPrefix("00")
        guard bytes.count == length || !isFirstVersion && bytes[length] == UInt8(ascii: "-"), !text.hasPrefix("ff"),
            !isZero(bytes[3..<35]), !isZero(bytes[36..<52])
        else { return nil }
        return String(decoding: bytes.prefix(length), as: UTF8.self)
    }

    private static func isLowercaseHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    private static func isZero(_ digits: ArraySlice<UInt8>) -> Bool { digits.allSatisfy { $0 == UInt8(ascii: "0") } }
}
