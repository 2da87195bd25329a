import FuzzSupport
import MCPCore
import NIOCore

@testable import ToolPins

@main enum PinsFuzzer {
    static func main() {
        runFuzzer(fuzzPins)
    }
}

/// Reads the file of what was approved, and takes the same bytes for a definition that a server lists.
private func fuzzPins(_ input: [UInt8]) {
    let text = ByteBuffer(bytes: input)
    if let records = try? PinText.read(text) {
        precondition(
            (try? PinText.read(PinText.write(records))) == records, "what was read is written so that it is read again")
    }
    guard let definition = try? JSONText(scanning: text).root else { return }
    for kind in PinKind.allCases {
        let pinned = PinnedDefinition(kind, definition)
        guard let written = try? PinnedDefinition(written: JSONText(scanning: pinned.json).root) else {
            preconditionFailure("what is kept of a definition can be read again")
        }
        precondition(written == pinned, "what is kept of a definition is canonical")
    }
    for finding in HiddenCharacters.findings(inStringsOf: text) { precondition(finding.hasPrefix("U+")) }
}
