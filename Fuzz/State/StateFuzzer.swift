import FuzzSupport
import NIOCore

@testable import MCPFrontEnd

@main enum StateFuzzer {
    static func main() {
        unsafe runFuzzer(fuzzState)
    }
}

/// Reads the file of `--state-dir`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzState(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let text = unsafe ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))
    guard let servers = StateText.servers(in: text) else { return 0 }
    let again = StateText.servers(in: StateText.text(of: servers))
    precondition(again == servers, "what was read is written so that it is read again")
    return 0
}
