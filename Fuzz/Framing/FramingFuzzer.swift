import FuzzSupport
import NIOCore

@testable import MCPCore

@main enum FramingFuzzer {
    static func main() {
        runFuzzer(fuzzFraming)
    }
}

/// Cuts the same stream in two ways: what comes out must not depend on how it arrives. The first byte says how.
private func fuzzFraming(_ input: [UInt8]) {
    guard input.count > 1 else { return }
    let size = Int(input[0] % 13) + 1
    let bytes = Array(input.dropFirst())
    let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    precondition(lines([bytes]) == lines(pieces), "lines do not depend on how they arrive")
    precondition(events([bytes]) == events(pieces), "events do not depend on how they arrive")
}

/// What was delivered, and whether the limit was passed in the end.
private struct Outcome<Element: Equatable>: Equatable {
    var delivered: [Element] = []
    var isTooLong = false
}

private func lines(_ pieces: [[UInt8]]) -> Outcome<ByteBuffer> {
    var framer = LineFramer(maximumLength: 64)
    var outcome = Outcome<ByteBuffer>()
    do {
        for piece in pieces {
            framer.append(ByteBuffer(bytes: piece))
            while let line = try framer.next() {
                precondition(line.readableBytes <= 64)
                outcome.delivered.append(line)
            }
        }
    } catch {
        outcome.isTooLong = true
    }
    return outcome
}

private func events(_ pieces: [[UInt8]]) -> Outcome<ServerSentEvent> {
    var parser = ServerSentEventParser(maximumLength: 64)
    var outcome = Outcome<ServerSentEvent>()
    do {
        for piece in pieces {
            parser.append(ByteBuffer(bytes: piece))
            while let event = try parser.next() {
                precondition(event.data.readableBytes <= 64)
                outcome.delivered.append(event)
            }
        }
    } catch {
        outcome.isTooLong = true
    }
    return outcome
}
