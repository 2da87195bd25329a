/// Which tools of a server clients see and may call.
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
    /// The tool names in the order written, each once.
    package let names: [String]
    private let lookup: Set<String>

    /// A filter; names given twice are kept once.
    package init(mode: Mode, names: [String]) {
        var seen: Set<String> = []
        self.mode = mode
        self.names = names.filter { seen.insert($0).inserted }
        self.lookup = seen
    }

    /// Whether clients may see and call the tool.
    package func admits(_ tool: String) -> Bool {
        switch mode {
        case .allow: lookup.contains(tool)
        case .block: !lookup.contains(tool)
        }
    }
}
