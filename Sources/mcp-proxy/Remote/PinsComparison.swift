import MCPCore
import MCPValues
import NIOCore
import ToolPins

/// What a file of pins says beside what counts at a running proxy.
struct PinsComparison {
    /// The differences, for people: how the running proxy's differ from those of the file.
    private(set) var lines: [String] = []

    init(file: [ByteText: PinRecord], running: [ByteText: PinRecord]) {
        for (name, record) in file.sorted(by: { $0.key < $1.key }) {
            guard let other = running[name] else {
                lines.append("\(name): the running proxy has nothing of this server")
                continue
            }
            for kind in PinKind.allCases {
                for tool in Set(record.names(kind) + other.names(kind)).sorted() {
                    compare(
                        record.accepted(kind, tool), other.accepted(kind, tool), "\(name): \(kind.rawValue) \(tool)")
                }
            }
        }
    }

    private mutating func compare(_ file: [PinnedDefinition], _ running: [PinnedDefinition], _ title: String) {
        guard Set(file.map(\.digest)) != Set(running.map(\.digest)) else { return }
        guard let old = file.first, let new = running.first else {
            return lines.append("\(title) \(file.isEmpty ? "is not in the file" : "is not there")")
        }
        lines.append("\(title):")
        let diff = PinDiff.lines(from: old.json, to: new.json)
        lines += (diff.isEmpty ? ["other definitions of it are approved beside this one"] : diff).map { "    \($0)" }
    }
}
