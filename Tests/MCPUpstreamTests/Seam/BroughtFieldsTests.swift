import Addresses
import NIOCore
import NIOHTTP1
import Testing

@testable import MCPUpstream

@Suite struct BroughtFieldsTests {
    private static let rules = [
        PassedFields.Rule(clientName: "X-GitHub-Authorization", upstreamName: "Authorization"),
        PassedFields.Rule(clientName: "X-Tenant", upstreamName: "Tenant"),
        PassedFields.Rule(clientName: "x-tenant", upstreamName: "Account"),
    ]
    private static let refused = UpstreamFailure(.unauthorized, "it answered 401 Unauthorized", status: 401)

    private func brought(_ sent: [String: String]) -> BroughtFields {
        let names = Self.rules.map(\.clientName)
        return BroughtFields(PassedFields(names) { sent[$0].map { [$0] } ?? [] }, Self.rules)
    }

    @Test("The server gets what was sent under its own names, and what was not sent not at all")
    func fields() {
        let both = brought(["x-github-authorization": "Bearer a", "x-tenant": "b"])
        #expect(both.fields.map(\.name) == ["Authorization", "Tenant", "Account"])
        #expect(both.fields.map(\.value) == ["Bearer a", "b", "b"])
        let one = brought(["x-tenant": "b"])
        #expect(one.fields.map(\.name) == ["Tenant", "Account"])
        #expect(one.sent == ["X-Tenant"] && one.missing == ["X-GitHub-Authorization"])
        #expect(one != both && one == brought(["x-tenant": "b"]))
    }

    @Test(
        "Who is refused is told what he has sent, or what to send",
        arguments: [
            (
                ["x-github-authorization": "Bearer a", "x-tenant": "b"],
                "refused what you sent as X-GitHub-Authorization and X-Tenant"
            ),
            (["x-tenant": "b"], "refused what you sent as X-Tenant, and nothing came as X-GitHub-Authorization"),
            ([:], "wants to know who you are: send it X-GitHub-Authorization and X-Tenant"),
        ])
    func words(sent: [String: String], words: String) {
        let failure = brought(sent).judged(Self.refused)
        #expect(failure.code == .callerRefused && failure.isLasting && failure.evidence == .alive)
        #expect(failure.publicDetail == words)
        #expect(failure.detail.hasSuffix("; it answered 401 Unauthorized") && failure.status == 401)
    }

    @Test("A failure that is not about credentials is what it was")
    func others() {
        let failure = UpstreamFailure(.unexpectedHTTPAnswer, "it answered 500", status: 500)
        #expect(brought([:]).judged(failure) == failure)
    }

    @Test(
        "No failure repeats what was sent, however the server writes it, and whatever else it is",
        arguments: [
            ("Bearer canary-a", "no such key: Bearer canary-a"), ("Bearer canary-a", "no such key (canary-a)!"),
            ("Bearer canary/a", "at /login?key=Bearer%20canary%2Fa"), (#"canary"a"#, #"{"key": "canary\"a"}"#),
            ("Bearer canary-a", "key QmVhcmVyIGNhbmFyeS1h"), ("Basic YW5uOmNhbmFyeQ==", "ann may not come with canary"),
            ("Bearer canary-a", "no such key, Bearer cana"),
        ], [401, 500])
    func repeated(_ words: (value: String, said: String), status: Int) {
        let brought = brought(["x-github-authorization": words.value])
        let code: UpstreamFailure.Code = status == 401 ? .unauthorized : .unexpectedHTTPAnswer
        let failure = brought.judged(
            UpstreamFailure(code, words.said, forTheLog: "in the log: \(words.said)", status: status))
        for text in [failure.detail, failure.logDetail] {
            #expect(!text.contains("cana") && !text.contains("QmVhcmV") && text.contains("…"), "\(text)")
        }
    }

    @Test("A secret that an answer is cut in is not shown in part", arguments: [250, 290, 296])
    func cut(before: Int) {
        let brought = brought(["x-github-authorization": "Bearer canary-a"])
        let url = try! HTTPURL("http://127.0.0.1/mcp")
        let head = AnswerHead(HTTPResponseHead(version: .http1_1, status: .internalServerError))
        var answer = RefusedAnswer(head, from: url, maximumMessageBytes: 10_000, hiding: brought.secrets)
        _ = answer.append(ByteBuffer(string: String(repeating: "-", count: before) + "Bearer canary-a and more"))
        #expect(!answer.failure.detail.contains("Bear"), "\(answer.failure.detail)")
    }

    @Test("What a request has shown is not repeated, wherever it stands in an answer")
    func shown() throws {
        let url = try HTTPURL("http://127.0.0.1/mcp")
        var fields = RequestFields(origin: url.origin)
        fields.add(configured: [(name: "X-Key", value: "canary-key-0123"), (name: "X-Short", value: "on")])
        var request = HTTPUpstreamRequest(method: .POST, target: "/mcp", fields: fields)
        request.authorization = FieldValue("Bearer canary-token-0123")
        var head = HTTPResponseHead(version: .http1_1, status: .internalServerError)
        head.headers.add(name: "Content-Type", value: "text/canary-key-0123")
        var answer = RefusedAnswer(
            AnswerHead(head), from: url, maximumMessageBytes: 10_000, hiding: request.secrets)
        _ = answer.append(
            ByteBuffer(string: "Authorization: Bearer canary-token-0123\nX-Key: canary-key-0123\nturned on"))
        let words = answer.failure.detail
        #expect(!words.contains("canary") && words.contains("turned on"), "\(words)")
    }

    @Test("What is too short to be told from other words stays")
    func short() {
        let failure = UpstreamFailure(.unexpectedHTTPAnswer, "it answered 500 on", status: 500)
        #expect(brought(["x-tenant": "on"]).judged(failure).detail == failure.detail)
    }

    @Test("The values are shown nowhere")
    func secret() {
        let brought = brought(["x-tenant": "canary"])
        var dumped = ""
        dump(brought, to: &dumped)
        #expect(![dumped, "\(brought)", String(reflecting: brought)].contains { $0.contains("canary") })
    }
}
