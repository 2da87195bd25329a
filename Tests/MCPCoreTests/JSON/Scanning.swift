import NIOCore

@testable import MCPCore

/// Scans one value and the end of the text, the way whole messages are scanned.
func scan(
    _ bytes: [UInt8],
    maximumDepth: Int = 128,
    duplicateKeys: JSONScanner.DuplicateKeys = .refused
) -> Result<ByteRange, JSONError> {
    do throws(JSONError) {
        let buffer = ByteBuffer(bytes: bytes)
        let range = try buffer.scanJSON(maximumDepth: maximumDepth, duplicateKeys: duplicateKeys) {
            (scanner) throws(JSONError) in
            let range = try scanner.skipValue()
            try scanner.expectEnd()
            return range
        }
        return .success(range)
    } catch {
        return .failure(error)
    }
}

func scan(
    _ text: String,
    maximumDepth: Int = 128,
    duplicateKeys: JSONScanner.DuplicateKeys = .refused
) -> Result<ByteRange, JSONError> {
    scan(Array(text.utf8), maximumDepth: maximumDepth, duplicateKeys: duplicateKeys)
}

/// Why the bytes are refused; nil when they are accepted.
func refusal(_ bytes: [UInt8], maximumDepth: Int = 128) -> JSONError? {
    if case .failure(let error) = scan(bytes, maximumDepth: maximumDepth) { error } else { nil }
}

func refusal(_ text: String, maximumDepth: Int = 128) -> JSONError? {
    refusal(Array(text.utf8), maximumDepth: maximumDepth)
}
