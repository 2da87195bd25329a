/// Says which kinds of answers a client takes, from its `Accept` header.
struct AcceptedTypes: Sendable, Equatable {
    let json: Bool
    let eventStream: Bool

    /// An absent header accepts everything. Weights make no difference, except that `q=0` refuses.
    init(_ headers: [String]) {
        guard !headers.isEmpty else {
            (json, eventStream) = (true, true)
            return
        }
        if headers.count == 1, let known = Self.usual(headers[0]) {
            (json, eventStream) = known
            return
        }
        var ranges: [Substring: Bool] = [:]
        for range in headers.joined(separator: ",").lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmingSpaces }
            guard let type = parts.first else { continue }
            ranges[type] = !parts.dropFirst().contains { Self.isZeroWeight($0) }
        }
        // The most specific range decides (RFC 9110, section 12.5.1).
        json = ranges["application/json"] ?? ranges["application/*"] ?? ranges["*/*"] ?? false
        eventStream = ranges["text/event-stream"] ?? ranges["text/*"] ?? ranges["*/*"] ?? false
    }

    /// Knows what nearly every client sends, without taking it apart.
    private static func usual(_ header: String) -> (json: Bool, eventStream: Bool)? {
        switch header {
        case "application/json, text/event-stream", "text/event-stream, application/json", "*/*": (true, true)
        case "application/json": (true, false)
        case "text/event-stream": (false, true)
        default: nil
        }
    }

    private static func isZeroWeight(_ parameter: Substring) -> Bool {
        guard parameter.hasPrefix("q=0") else { return false }
        return parameter.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" }
    }
}

extension Substring {
    var trimmingSpaces: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text = text.dropFirst() }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return text
    }
}

extension String {
    /// The text without spaces at its ends, where there are any.
    var trimmingSpaces: String {
        let blanks: (UInt8?) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        return blanks(utf8.first) || blanks(utf8.last) ? String(Substring(self).trimmingSpaces) : self
    }
}

/// Tells whether a `Content-Type` says JSON.
func isJSON(contentType: String?) -> Bool {
    guard let contentType else { return false }
    if contentType == "application/json" { return true }
    let type = contentType.unicodeScalars.prefix { $0 != ";" }
    return Substring(type).trimmingSpaces.lowercased() == "application/json"
}
