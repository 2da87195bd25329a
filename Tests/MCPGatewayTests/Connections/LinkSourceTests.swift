import MCPTestSupport
import MCPUpstream
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import MCPGateway

@Suite struct LinkSourceTests {
    /// Where the stack was when a link was made.
    private final class Depth: Sendable {
        private let place = Mutex(UInt(0))

        func note() {
            var here = 0
            let now = unsafe withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
            place.withLock { $0 = now }
        }

        /// How far it was below another place.
        func below(_ start: UInt) -> UInt { start - place.withLock { $0 } }
    }

    @Test("To make a link takes no deeper stack after a thousand looks at the factory")
    func depth() {
        let eventLoop = EmbeddedEventLoop()
        let depth = Depth()
        let source = LinkSource { eventLoop in
            depth.note()
            return ScriptedLink(on: eventLoop)
        }
        func measured() -> UInt {
            var here = 0
            let start = unsafe withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
            _ = source.factory(for: nil, passing: PassingFields(nil))(eventLoop)
            return depth.below(start)
        }
        let first = measured()
        for _ in 0..<1_000 { _ = source.swap(for: nil) }
        let second = measured()
        #expect(first == second)
        for _ in 0..<100 { _ = source.factory(for: nil, passing: PassingFields(nil))(eventLoop) }
        #expect(measured() == second)
    }

    @Test("Another factory takes the place of the one in use, which comes back")
    func exchange() {
        let eventLoop = EmbeddedEventLoop()
        let made = Mutex<[String]>([])
        func factory(_ name: String) -> Upstream.LinkFactory {
            { eventLoop in
                made.withLock { $0.append(name) }
                return ScriptedLink(on: eventLoop)
            }
        }
        let source = LinkSource(factory("first"))
        let before = source.swap(for: factory("second"))
        _ = source.factory(for: nil, passing: PassingFields(nil))(eventLoop)
        _ = before(eventLoop)
        _ = source.swap(for: nil)
        _ = source.factory(for: nil, passing: PassingFields(nil))(eventLoop)
        #expect(made.withLock { $0 } == ["second", "first", "second"])
    }
}
