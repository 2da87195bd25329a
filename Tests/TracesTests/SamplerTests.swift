import MCPCore
import NIOCore
import Testing

@testable import Traces

@Suite struct SamplerTests {
    private static let kept = TraceContext(parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    private static let dropped = TraceContext(parent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")

    @Test("Where a client has decided, that counts for the samplers that follow it, and for no others")
    func parents() {
        let id = TraceID(high: 1, low: 1)
        for (root, own) in [(Sampler.Root.always, true), (.never, false)] {
            let following = Sampler(root, followsParent: true)
            #expect(following.keeps(id, within: nil) == own)
            #expect(following.keeps(id, within: Self.kept))
            #expect(!following.keeps(id, within: Self.dropped))
            let deciding = Sampler(root, followsParent: false)
            #expect(deciding.keeps(id, within: Self.kept) == own && deciding.keeps(id, within: Self.dropped) == own)
        }
    }

    @Test("A share is taken by the last eight bytes of the name, as other samplers take it")
    func shares() {
        let half = Sampler(Sampler.share(0.5), followsParent: false)
        #expect(half.keeps(TraceID(high: .max, low: 0x7FFF_FFFF_FFFF_FFFE), within: nil))
        #expect(!half.keeps(TraceID(high: 0, low: 0x8000_0000_0000_0000), within: nil))
        #expect(Sampler.share(1) == .always && Sampler.share(0) == .never)
        let source = IdentifierSource()
        let hundredth = Sampler(Sampler.share(0.01), followsParent: false)
        let count = (0..<100_000).count { _ in hundredth.keeps(source.trace(), within: nil) }
        #expect((700...1_300).contains(count), "\(count)")
    }

    @Test("No name is given out twice, and none is nothing")
    func names() {
        let source = IdentifierSource()
        let spans = Set((0..<10_000).map { _ in source.span() })
        #expect(spans.count == 10_000 && !spans.contains(0))
        #expect(Set((0..<10_000).map { _ in source.trace() }).count == 10_000)
        #expect(IdentifierSource().trace() != IdentifierSource().trace())
    }
}
