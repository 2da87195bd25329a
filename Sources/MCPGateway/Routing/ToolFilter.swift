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
    package func admits(_ name: String) -> Bool {
        let isListed = names.contains { $0.utf8.elementsEqual(name.utf8) }
        return mode == .allow ? isListed : !isListed
    }

    /// Cuts the tools that are not admitted out of the answer to `tools/list`. Everything else stays as it came.
    func apply(to answer: Message) -> [Edit] {
        guard let tools = answer.view(answer.envelope.result)?["tools"], tools.isArray else { return [] }
        let elements = tools.elements
        let kept = elements.filter { admits($0["name"]?.string ?? "") }
        guard kept.count < elements.count else { return [] }
        var list = ByteBuffer()
        list.writeStaticString("[")
        for (index, tool) in kept.enumerated() {
            if index > 0 { list.writeStaticString(",") }
            list.writeImmutableBuffer(tool.bytes)
        }
        list.writeStaticString("]")
        return [Edit(tools.range, .bytes(list))]
    }
}
