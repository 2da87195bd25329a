import MCPCore
import NIOCore

/// Which tools of a server clients may see and call.
package struct ToolFilter: Sendable, Equatable {
    /// Whether the names are those that pass or those that do not.
    package enum Mode: Sendable {
        case allow
        case block
    }

    package let mode: Mode
    package let names: Set<String>

    package init(mode: Mode, names: Set<String>) {
        self.mode = mode
        self.names = names
    }

    /// Names are compared byte by byte: Swift's own comparison would merge canonically equal spellings.
    ///
    /// A name that holds half of a surrogate pair is nobody's: where others are blocked, a server that drops such halves
    /// could take it for one of those.
    package func admits(_ name: String) -> Bool {
        guard mode == .allow || !name.unicodeScalars.contains("\u{FFFD}") else { return false }
        let isListed = names.contains { $0.utf8.elementsEqual(name.utf8) }
        return mode == .allow ? isListed : !isListed
    }
}
