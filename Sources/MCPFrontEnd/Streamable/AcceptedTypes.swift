/// Which kinds of answers a client takes, from its `Accept` header.
struct AcceptedTypes: Sendable, Equatable {
    let json: Bool
    let eventStream: Bool

    /// An absent header accepts everything. Weights make no difference, except that `q=0` refuses.
    init(_ headers: [String]) {
        guard !headers.isEmpty else {
            (json, eventStream) = (true, true)
            return
        }
        var json = false
        var eventStream = false
        for range in headers.joined(separator: ",").lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmingSpaces }
            guard let type = parts.first, !parts.dropFirst().contains(where: { $0 == "q=0" || $0 == "q=0.0" }) else {
                continue
            }
            switch type {
            case "*/*": (json, eventStream) = (true, true)
            case "application/json", "application/*": json = true
            case "text/event-stream", "text/*": eventStream = true
            default: continue
            }
        }
        self.json = json
        self.eventStream = eventStream
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

/// Whether a `Content-Type` says JSON.
func isJSON(contentType: String?) -> Bool {
    guard let contentType else { return false }
    let type = contentType.prefix { $0 != ";" }
    return type.trimmingSpaces.lowercased() == "application/json"
}
