/// Reads `tracestate`: what systems on the way of a trace tell each other
/// ([W3C Trace Context](https://www.w3.org/TR/trace-context/#tracestate-header)).
enum TraceState {
    private static let maximumMembers = 32
    private static let maximumPart = 256
    /// How much is passed on; servers may refuse longer header fields. The specification asks for 512 at least.
    private static let maximumLength = 2_048

    /// Returns a valid value, without the last members where it is too long; nil for every other one, and for an empty one.
    static func valid(_ text: String) -> String? {
        // As many as can be valid: what is far longer is not even looked at.
        guard text.utf8.count <= maximumMembers * (2 * maximumPart + 4) else { return nil }
        let members = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map(trimmed).filter { !$0.isEmpty }
        guard !members.isEmpty, members.count <= maximumMembers, members.allSatisfy(isMember) else { return nil }
        var length = -1
        let kept = members.prefix { member in
            length += member.count + 1
            return length <= maximumLength
        }
        return kept.isEmpty ? nil : kept.map { String(Substring($0)) }.joined(separator: ",")
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let rest = text.drop(while: isBlank)
        return rest.prefix(rest.count - rest.reversed().prefix(while: isBlank).count)
    }

    private static func isMember(_ text: Substring.UTF8View) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = parts[0].first, parts[0].count <= maximumPart,
            isLetterOrDigit(first), parts[0].allSatisfy(isOfKey)
        else { return false }
        return (1...maximumPart).contains(parts[1].count)
            && parts[1].allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
    }

    private static func isOfKey(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "_-*/@".utf8.contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
