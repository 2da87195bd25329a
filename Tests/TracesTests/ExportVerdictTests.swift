import NIOCore
import Testing

@testable import Traces

@Suite struct ExportVerdictTests {
    private func verdict(_ status: Int, _ type: String? = nil, retryAfter: Int? = nil) -> ExportVerdict {
        ExportVerdict(status: status, contentType: type, retryAfter: retryAfter, ByteBuffer())
    }

    @Test("What passes is tried again, when the collector says so; all else is not")
    func statuses() {
        #expect(verdict(200, "application/x-protobuf") == .taken(rejected: 0) && verdict(204) == .taken(rejected: 0))
        for status in [429, 502, 503, 504] {
            #expect(verdict(status, retryAfter: 7) == .later(seconds: 7, "it answered \(status)"))
        }
        #expect(verdict(503, retryAfter: -1) == .later(seconds: 0, "it answered 503"))
        for status in [301, 400, 401, 404, 408, 500] { #expect(verdict(status) == .refused("it answered \(status)")) }
    }

    @Test("A page for people is no answer of a collector")
    func pages() {
        guard case .refused = verdict(200, "Text/HTML; charset=utf-8") else {
            Issue.record("it counts as taken")
            return
        }
    }
}
