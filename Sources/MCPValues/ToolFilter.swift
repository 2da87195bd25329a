/// Which tools of a server clients see and may call. Names are compared byte by byte, as servers compare them.
package struct ToolFilter: Sendable, Equatable {
    /// What the list of names means.
    package enum Mode: String, Sendable, Equatable, CaseIterable {
        /// Only the tools named.
        case allow
        /// All tools but the ones named.
        case block
    }

    /// What ``names`` means.
    package let mode: Mode
    private let listed: [ByteText]
    private let lookup: Set<ByteText>

    /// A filter; names given twice are kept once.
    package init(mode: Mode, names: [String]) {
        var seen: Set<ByteText> = []
        self.mode = mode
        self.listed = names.map(ByteText.init).filter { seen.insert($0).inserted }
        self.lookup = seen
    }

    /// The tool names in the order written, each once.
    package var names: [String] { listed.map(\.text) }

    /// Whether clients may see and call the tool.
    ///
    /// A name that holds half of a surrogate pair is nobody's where others are blocked: a server that drops such halves
    /// could take it for one of those.
    package func admits(_ tool: String) -> Bool {
        guard mode == .allow || !tool.unicodeScalars.contains("\u{FFFD}") else { return false }
        let isListed = lookup.contains(ByteText(tool))
        return switch mode {
        case .allow: isListed
        case .block: !isListed
        }
    }
}
