import FuzzSupport
import NIOCore

@testable import MCPFrontEnd

@main enum StateFuzzer {
    static func main() {
        runFuzzer(fuzzState)
    }
}

/// Reads the file of `--state-dir`.
private func fuzzState(_ input: [UInt8]) {
    let text = ByteBuffer(bytes: input)
    guard let servers = StateText.servers(in: text) else { return }
    let again = StateText.servers(in: StateText.text(of: servers))
    precondition(again == servers, "what was read is written so that it is read again")
}
