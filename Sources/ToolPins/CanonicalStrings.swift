import MCPCore
import NIOCore

/// The strings of a canonical JSON, names of members too, in the order written.
struct CanonicalStrings {
    private let json: ByteBuffer

    init(_ json: ByteBuffer) {
        self.json = json
    }

    func forEach(_ body: (String) -> Void) {
        var start: Int?
        var isEscaped = false
        for (place, byte) in json.readableBytesView.enumerated() {
            if isEscaped {
                isEscaped = false
            } else if let first = start {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                guard byte == UInt8(ascii: "\"") else { continue }
                if let text = JSONView(text: json, range: first..<place + 1).string { body(text) }
                start = nil
            } else if byte == UInt8(ascii: "\"") {
                start = place
            }
        }
    }
}
