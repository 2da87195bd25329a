/// Takes secrets out of words of others before they are shown.
package enum SecretMask {
    /// What stands in their place.
    private static let mark = Array("…".utf8)
    /// As much of the beginning of a secret as may stand at the end of a text that was cut there.
    private static let longestRest = 3

    /// The text without the secrets, plain and as forms and URLs write them, whatever stands around them: they are looked
    /// for byte by byte, because what follows may make another character of their last one.
    package static func hiding(_ secrets: [String], in text: String) -> String {
        let forms = secrets.flatMap { secret in
            let plain = Array(secret.utf8)
            return [plain, Array(FormText.encode(plain).utf8)]
        }
        // The longest first: a part of it may be a secret as well.
        let longestFirst = forms.filter { !$0.isEmpty }.sorted { $0.count > $1.count }
        let bytes = longestFirst.reduce(Array(text.utf8)) { $0.replacing($1, with: mark) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same for a text that may have been cut in the middle of a secret: what is left of it goes, too.
    package static func hiding(_ secrets: [String], inStartOf text: String) -> String {
        let bytes = Array(hiding(secrets, in: text).utf8)
        let rest = secrets.map { length(ofStartOf: Array($0.utf8), atEndOf: bytes) }.max() ?? 0
        guard rest > longestRest else { return String(decoding: bytes, as: UTF8.self) }
        return String(decoding: bytes.dropLast(rest) + mark, as: UTF8.self)
    }

    private static func length(ofStartOf secret: [UInt8], atEndOf text: [UInt8]) -> Int {
        let longest = min(secret.count, text.count)
        return (0...longest).last { text.suffix($0).elementsEqual(secret.prefix($0)) } ?? 0
    }
}
