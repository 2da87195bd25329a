import Crypto
import MCPCore
import MCPValues

/// Makes the names of tools and prompts where several servers are offered together: `prefix__name`, in characters and a
/// length that every client accepts.
///
/// It depends on nothing but the server's key and prefix, the name there and the bound: it is the same after every start,
/// whatever other servers come and go.
enum OfferedName {
    static let usualMaximumLength = 46
    private static let separator = "__"
    /// What a name that had to be changed ends in: an underscore, and so many digits.
    private static let digits = 8
    /// So much of the name there is left before anything is cut from the prefix.
    private static let leastOfName = 8

    /// - Parameters:
    ///   - name: As the server has it; may be anything.
    ///   - key: The server's key in the configuration.
    ///   - prefix: What stands before its names.
    ///   - maximumLength: In characters, from 24 on.
    static func make(_ name: String, of key: String, prefix: String, maximumLength: Int) -> String {
        let whole = whole(name, prefix: prefix)
        if whole.utf8.count <= maximumLength, whole.utf8.allSatisfy(isLegal), !hasSeparator(prefix) { return whole }
        let digest = digest(of: key, name)
        let (prefix, name) = (cleaned(prefix), cleaned(name))
        let room = maximumLength - separator.utf8.count - 1 - digits
        let kept = name.prefix(max(leastOfName, room - prefix.utf8.count))
        return "\(prefix.prefix(room - kept.utf8.count))\(separator)\(kept)_\(digest)"
    }

    /// Returns the name that it would have without any bound, whatever characters it has.
    static func whole(_ name: String, prefix: String) -> String { prefix + separator + name }

    /// Returns the name there, taken apart; nil where it was changed, or belongs to another server.
    static func original(of offered: String, prefix: String) -> String? {
        guard !hasSeparator(prefix), offered.beginsWithBytes(of: prefix + separator) else { return nil }
        return String(decoding: offered.utf8.dropFirst(prefix.utf8.count + separator.utf8.count), as: UTF8.self)
    }

    private static func hasSeparator(_ prefix: String) -> Bool {
        zip(prefix.utf8, prefix.utf8.dropFirst()).contains { $0 == UInt8(ascii: "_") && $1 == UInt8(ascii: "_") }
    }

    private static func isLegal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Returns the text with one underscore for each character that not every client accepts.
    private static func cleaned(_ text: String) -> String {
        let bytes = text.unicodeScalars.map { scalar in
            UInt8(exactly: scalar.value).flatMap { isLegal($0) ? $0 : nil } ?? UInt8(ascii: "_")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digest(of key: String, _ name: String) -> String {
        var hash = SHA256()
        hash.update(data: Array(key.utf8))
        hash.update(data: [0] as [UInt8])
        hash.update(data: Array(name.utf8))
        return Hexadecimal.text(of: hash.finalize().prefix(digits / 2))
    }
}
