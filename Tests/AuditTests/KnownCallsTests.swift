import MCPCore
import NIOCore
import Testing

@testable import Audit

@Suite struct KnownCallsTests {
    private func call(_ tool: String, client: String = #"{"name":"c","version":"1"}"#) -> AuditedCall {
        var call = AuditedCall(request: .next(), principal: "p", route: "one", outcome: "ok")
        call.tool = tool
        call.client = ByteBuffer(string: client)
        return call
    }

    @Test("Calls that are alike are written alike, and others not")
    func alike() {
        var known = KnownCalls()
        for _ in 0..<2 {
            #expect(
                String(buffer: known.members(of: call("a")))
                    == #""principal":"p","client":"c","clientVersion":"1","route":"one","tool":"a","outcome":"ok""#)
            #expect(
                String(buffer: known.members(of: call("b", client: "{}")))
                    == #""principal":"p","route":"one","tool":"b","outcome":"ok""#)
        }
    }

    @Test("Names that only look the same are each written as they are")
    func lookalikes() {
        var known = KnownCalls()
        for tool in ["caf\u{e9}", "cafe\u{301}"] {
            let members = Array(known.members(of: call(tool)).readableBytesView)
            #expect(
                String(decoding: members, as: UTF8.self).utf8.elementsEqual(
                    #""principal":"p","client":"c","clientVersion":"1","route":"one","tool":"\#(tool)","outcome":"ok""#
                        .utf8))
        }
    }

    @Test("However many kinds there are, and however long, each is written as it is")
    func many() {
        var known = KnownCalls()
        for number in 0..<1_000 {
            let tool = number.isMultiple(of: 10) ? String(repeating: "x", count: 200) + "\(number)" : "t\(number)"
            #expect(String(buffer: known.members(of: call(tool))).contains("\"tool\":\"\(tool)\""))
        }
        let long = #"{"name":"\#(String(repeating: "n", count: 5_000))"}"#
        #expect(String(buffer: known.members(of: call("a", client: long))).contains("nnn…\""))
    }

    @Test("Kinds whose words are as long as those of others are told apart, in any order")
    func sameLength() {
        var known = KnownCalls()
        var calls = ["aaa", "bbb", "ccc"].map { tool in
            var call = AuditedCall(request: .next(), principal: "ann", route: "docs", outcome: "ok")
            call.tool = tool
            return call
        }
        // As long in all, and at the same place.
        var failed = AuditedCall(request: .next(), principal: "ann", route: "docs", outcome: "ok")
        (failed.tool, failed.reason) = ("aaa", "why")
        calls.append(failed)
        let expected = calls.map { String(buffer: KnownCalls.fresh(of: $0)) }
        #expect(Set(expected).count == calls.count)
        for round in [[0, 1, 2, 3], [3, 0, 3, 1, 1, 2, 0]] {
            for index in round { #expect(String(buffer: known.members(of: calls[index])) == expected[index]) }
        }
    }
}

extension KnownCalls {
    fileprivate static func fresh(of call: AuditedCall) -> ByteBuffer {
        var known = KnownCalls()
        return known.members(of: call)
    }
}
