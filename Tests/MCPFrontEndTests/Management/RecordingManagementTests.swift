import MCPCore
import MCPGateway
import MCPTestSupport
import MCPValues
import NIOCore
import Recordings
import Testing

@testable import MCPFrontEnd

/// Recordings over the management API.
@Suite(.timeLimit(.minutes(2))) struct RecordingManagementTests {
    @Test("A recording is begun with what is said, or with what is usual, and found where the answer says")
    func begin() async throws {
        let harness = try await ManagementHarness()
        let body = #"{"server":"fetch","bodies":"none","seconds":5,"maxBytes":5000}"#
        let begun = try await harness.send("POST", "/api/recordings", body)
        #expect(begun.status == 201)
        #expect(harness.servers.requests == ["record fetch none 5 5000"])
        let id = try #require(try begun.json["id"]?.string)
        #expect(begun["location"] == "/api/recordings/\(id)")
        #expect(try begun.json["ended"] == nil)
        _ = try await harness.send("POST", "/api/recordings", "{}")
        #expect(harness.servers.requests.last == "record all redacted 60 16777216")
        #expect(try await harness.answer("GET", "/api/recordings").json["recordings"]?.elements.count == 2)
        let lines = try await harness.answer("GET", "/api/recordings/\(id)")
        #expect(lines["content-type"] == "application/jsonl")
        #expect(lines.body.hasPrefix(#"{"recording":1,"proxy":"1","id":"\#(id)""#))
        #expect(try await harness.answer("DELETE", "/api/recordings/\(id)").status == 200)
        #expect(try await harness.answer("GET", "/api/recordings/\(id)").status == 404)
        #expect(try await harness.answer("DELETE", "/api/recordings/\(id)").status == 404)
    }

    @Test(
        "What cannot be meant is refused in words",
        arguments: [
            (#"{"server":""}"#, #""server" must be the name of a server, or missing for all"#),
            (#"{"bodies":"all"}"#, #""bodies" must be none, redacted or full"#),
            (#"{"seconds":0}"#, #""seconds" must be a whole number from 1 to 3600"#),
            (#"{"seconds":"5"}"#, #""seconds" must be a whole number from 1 to 3600"#),
            (#"{"maxBytes":99999999999}"#, #""maxBytes" must be a whole number from 4096 to 67108864"#),
            (#"{"file":"x"}"#, #""file" is not a member of this body; it has server, bodies, seconds, maxBytes"#),
        ])
    func invalid(body: String, words: String) async throws {
        let harness = try await ManagementHarness()
        let response = try await harness.send("POST", "/api/recordings", body)
        #expect(response.status == 422)
        #expect(try response.json["problems"]?.elements.compactMap(\.string) == [words])
        #expect(harness.servers.requests.isEmpty)
    }

    @Test("There are only so many recordings")
    func quota() async throws {
        let harness = try await ManagementHarness()
        for _ in 0..<RecordingRules.mostRecordings {
            #expect(try await harness.send("POST", "/api/recordings", "{}").status == 201)
        }
        let response = try await harness.send("POST", "/api/recordings", "{}")
        #expect(response.status == 429)
        #expect(response.body.contains("end one of them first"))
    }

    @Test("What passes is shown to nobody who may only look, and who has read it is written down")
    func rights() async throws {
        let reader = Principal(Standing(client: "reader", Rights(management: .read)))
        let writer = Principal(Standing(client: "writer", Rights(management: .write)))
        let harness = try await ManagementHarness(clients: ["reading": reader, "writing": writer])
        let (reading, writing) = (["Authorization: Bearer reading"], ["Authorization: Bearer writing"])
        #expect(try await harness.send("POST", "/api/recordings", reading, "{}").status == 403)
        let begun = try await harness.send("POST", "/api/recordings", writing, "{}")
        let id = try #require(try begun.json["id"]?.string)
        for path in ["/api/recordings/\(id)", "/api/recordings/\(id)?follow=true"] {
            #expect(try await harness.answer("GET", path, reading).status == 403)
            #expect(try await harness.answer("GET", path, []).status == 401)
        }
        #expect(try await harness.answer("GET", "/api/recordings", reading).status == 200)
        #expect(try await harness.answer("GET", "/api/recordings/\(id)", writing).status == 200)
        #expect(
            harness.audit.contains { $0.contains("change=read-recording") && $0.contains("principal=client writer") })
        #expect(
            harness.audit.contains { $0.contains("change=read-recording") && $0.contains("principal=client reader") })
        #expect(harness.audit.contains { $0.contains("change=record") && $0.contains("outcome=done") })
    }

    @Test("Who follows gets the lines there are, those that come, and the end; who comes back goes on where he was")
    func follows() async throws {
        let harness = try await ManagementHarness()
        let recorder = harness.servers.recorder
        let recording = try recorder.begin(RecordingRules())
        let path = "/api/recordings/\(recording.id)"
        let client = try await open(harness, "\(path)?follow=true")
        #expect(try await client.until("\n\n").contains("id: 0\ndata: {\"recording\":1"))
        recorder.note(
            RecordedMessage(.client, .in, .message(ByteBuffer(string: #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#))))
        #expect(try await client.until("\n\n").contains(#""method":"ping""#))
        let second = try await open(harness, path, ["Accept: text/event-stream", "Last-Event-ID: 0"])
        #expect(try await second.until("\n\n").contains("id: 1\n"))
        #expect(try await harness.answer("DELETE", path).status == 200)
        for client in [client, second] {
            let end = try await client.until("0\r\n\r\n")
            #expect(end.contains(#""end":"stopped""#) && end.contains("event: end\n"))
        }
    }

    @Test("A recording that is larger than what may wait for a client comes whole")
    func large() async throws {
        let harness = try await ManagementHarness()
        let recorder = harness.servers.recorder
        let recording = try recorder.begin(RecordingRules())
        let text = String(repeating: "x", count: 100_000)
        for id in 1...40 {
            let message = #"{"jsonrpc":"2.0","id":\#(id),"method":"ping","params":{"a":"\#(text)"}}"#
            recorder.note(RecordedMessage(.client, .in, .message(ByteBuffer(string: message))))
        }
        let client = try await open(harness, "/api/recordings/\(recording.id)?follow=true")
        _ = recorder.remove(recording.id)
        let all = try await client.until("event: end\n")
        #expect(all.contains("id: 40\n") && all.contains(#""end":"stopped""#))
    }

    private func open(_ harness: ManagementHarness, _ path: String, _ headers: [String] = []) async throws -> RawClient
    {
        let client = try await RawClient(port: harness.port)
        let lines = ["GET \(path) HTTP/1.1", "Host: localhost", ManagementHarness.owner] + headers + ["", ""]
        try await client.send(lines.joined(separator: "\r\n"))
        #expect(try await client.until("\r\n\r\n").contains("Content-Type: text/event-stream"))
        return client
    }
}
