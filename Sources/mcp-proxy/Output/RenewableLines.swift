import Synchronization

/// Lines on a terminal that are written anew where they stand, as long as that is certain to be where they are thought to
/// be.
final class RenewableLines: Sendable {
    private struct State {
        var lines: [String] = []
        /// What was written below them.
        var below: [String] = []
    }

    /// How many lines below are counted. With more, they are not on the screen any more.
    private static let maximumBelow = 500

    private let state = Mutex<State?>(nil)

    /// These lines are the last that were written.
    func begin(_ lines: [String]) {
        state.withLock { $0 = State(lines: lines) }
    }

    /// Another line was written.
    func note(_ line: String) {
        let line = Self.withoutColours(line)
        state.withLock { state in
            guard let count = state?.below.count else { return }
            if count < Self.maximumBelow { state?.below.append(line) } else { state = nil }
        }
    }

    /// What takes the cursor to the lines, writes these in their place and takes it back; nil where they are out of reach,
    /// or nobody can tell how much room something takes.
    func steps(to lines: [String], _ size: TerminalSize) -> String? {
        state.withLock { state in
            guard let known = state, known.lines.count == lines.count else { return nil }
            let all = known.lines + known.below + lines
            guard all.allSatisfy(Self.hasPlainWidth), (known.lines + lines).allSatisfy({ $0.utf8.count < size.columns })
            else { return nil }
            let below = known.below.reduce(0) { $0 + max(1, ($1.utf8.count + size.columns - 1) / size.columns) }
            guard known.lines.count + below < size.rows else { return nil }
            state?.lines = lines
            let written = lines.map { "\($0)\u{1B}[K\n" }.joined()
            return "\u{1B}[\(known.lines.count + below)A\r" + written + (below > 0 ? "\u{1B}[\(below)B" : "") + "\r"
        }
    }

    /// Colours take no room.
    private static func withoutColours(_ line: String) -> String {
        let parts = line.split(separator: "\u{1B}", omittingEmptySubsequences: false)
        return parts.prefix(1).joined() + parts.dropFirst().map { $0.drop { $0 != "m" }.dropFirst() }.joined()
    }

    /// Whether each character takes one place.
    private static func hasPlainWidth(_ line: String) -> Bool {
        line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }
}
