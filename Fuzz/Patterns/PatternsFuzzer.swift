import FuzzSupport

@testable import ProxyConfiguration

@main enum PatternsFuzzer {
    static func main() {
        runFuzzer(fuzzPatterns)
    }
}

/// Reads the first line as the pattern of a template, and what follows as a text that may match it.
private func fuzzPatterns(_ input: [UInt8]) {
    let bytes = input.prefix(2_048)
    let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    let written = String(decoding: parts[0], as: UTF8.self)
    let text = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
    do throws(TextPattern.Fault) {
        let pattern = try TextPattern(written)
        let isMatch = pattern.matches(text)
        guard let grouped = try? TextPattern("(?:\(written.droppingAnchors))") else { return }
        precondition(grouped.matches(text) == isMatch, "a group around it changes nothing")
        guard let doubled = try? TextPattern("(?:\(written.droppingAnchors)){2}"), isMatch else { return }
        precondition(doubled.matches(text + text), "twice what matches matches twice the pattern")
    } catch {
        precondition(!error.message.isEmpty && !error.suggestion.isEmpty, "a refusal says why and what to write")
        precondition((1...written.unicodeScalars.count + 1).contains(error.position), "and where")
    }
}

extension String {
    /// Without an anchor at the beginning, which may not stand in a group. What holds others is left alone. A mark that
    /// follows the anchor makes one character with it, so that only the byte is dropped.
    fileprivate var droppingAnchors: String {
        utf8.first == UInt8(ascii: "^") ? String(decoding: utf8.dropFirst(), as: UTF8.self) : self
    }
}
