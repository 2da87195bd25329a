import FuzzSupport
import NIOCore

@testable import MCPCore

@main enum JSONFuzzer {
    static func main() {
        runFuzzer(fuzzJSON)
    }
}

/// Reads bytes the way a client's or a server's message is read, and checks what must hold of every accepted one.
private func fuzzJSON(_ input: [UInt8]) {
    let bytes = ByteBuffer(bytes: input)
    for duplicateKeys in [JSONScanner.DuplicateKeys.refused, .accepted] {
        guard let message = try? Message(bytes, duplicateKeys: duplicateKeys) else { continue }
        let line = message.singleLine
        precondition(!line.readableBytesView.contains { $0 == 0x0A || $0 == 0x0D }, "a message is one line")
        guard let again = try? Message(line, duplicateKeys: duplicateKeys) else {
            preconditionFailure("what was accepted is accepted again")
        }
        precondition(again.kind == message.kind && again.id == message.id && again.method == message.method)
        checkSplicing(message, duplicateKeys)
        walk(JSONText(accepted: bytes).root, depth: 0)
    }
    if Batch.isBatch(bytes) {
        for part in (try? Batch.split(bytes, maximumCount: 100, maximumDepth: 128)) ?? [] {
            precondition((try? JSONText(scanning: part)) != nil, "each part is one value")
        }
    }
}

/// Another identifier and back gives the same bytes.
private func checkSplicing(_ message: Message, _ duplicateKeys: JSONScanner.DuplicateKeys) {
    guard let id = message.id, let range = message.envelope.id else { return }
    let edited = message.spliced([Edit(range, .integer(42))])
    guard let there = try? Message(edited, duplicateKeys: duplicateKeys), let newRange = there.envelope.id else {
        preconditionFailure("a spliced message is a message")
    }
    precondition(there.id == .integer(42))
    precondition(there.spliced([Edit(newRange, .id(id))]) == message.singleLine, "and back again")
}

private func walk(_ view: JSONView, depth: Int) {
    guard depth < 20 else { return }
    _ = view.string
    _ = view.integer
    if let text = view.string {
        var written = ByteBuffer()
        written.writeJSONString(text)
        precondition((try? JSONText(scanning: written))?.root.string == text, "a string is read back as written")
    }
    for element in view.elements { walk(element, depth: depth + 1) }
    view.forEachMember { _, value in walk(value, depth: depth + 1) }
}
