import MCPCore
import MCPGateway
import MCPTestSupport
import NIOCore
import Synchronization
import Testing

@testable import MCPFrontEnd

/// What the management API answers.
@Suite(.timeLimit(.minutes(2))) struct ManagementEndpointTests {
    @Test("The documented calls are answered in the documented form")
    func documented() async throws {
        let harness = try await ManagementHarness(servers: ScriptedServers(["fetch", "new server"]))
        let list = try await harness.answer("GET", "/api/servers/")
        #expect(try list.json["servers"]?["fetch"]?["path"]?.string == "/fetch/")
        #expect(try list.json["servers"]?["fetch"]?["since"]?.string == "2026-11-23T22:16:57Z")
        let added = try await harness.send(
            "POST", "/api/servers", #"{"name":"new server","config":{"url": "http://a" }}"#)
        #expect(added.status == 201)
        #expect(added.body == #"{"message":"server new server added","path":"/new server/"}"#)
        #expect(added["location"] == "/api/servers/new%20server")
        #expect(harness.servers.requests.last == #"add new server {"url": "http://a" } by token 1 true"#)
        let removed = try await harness.answer("DELETE", "/api/servers/new%20server")
        #expect(removed.status == 200)
        #expect(removed.body == #"{"message":"server new server removed"}"#)
        let reload = try await harness.send("POST", "/api/reload", #"{"dryRun":true}"#)
        #expect(try reload.json["failed"]?["bad"]?.string == "no such program")
        #expect(harness.servers.requests.last == "reload true by token 1 true")
        let head = try await harness.answer("HEAD", "/api/servers")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head["content-length"] == "\(list.body.utf8.count)")
    }

    @Test("The tools of all servers are listed and found, cut where they are long")
    func tools() async throws {
        let harness = try await ManagementHarness()
        let all = try await harness.answer("GET", "/api/tools")
        let tool =
            #"{"server":"fetch","name":"get","title":"Get","description":"Gets a page","tokens":19,"withheld":true}"#
        #expect(all.status == 200 && all.body == #"{"tools":[\#(tool)]}"#)
        let found = try await harness.answer("GET", "/api/tools?search=get%20it%20quickly")
        #expect(found.body == #"{"tools":[\#(tool)],"unmatched":["quickly"]}"#)
        #expect(harness.servers.requests.suffix(2) == ["all tools", "find 100 get it quickly"])
        #expect(try await harness.answer("GET", "/api/tools?search=%20").body == all.body)
        #expect(try await harness.answer("POST", "/api/tools").status == 405)
        #expect(try await harness.answer("GET", "/api/tools", []).status == 401)
    }

    @Test("A name may hold slashes; what stands behind it is an action if the rest names a server")
    func names() async throws {
        let harness = try await ManagementHarness(servers: ScriptedServers(["a", "a/b", "c/tools", "d", "d/tools"]))
        for (path, name) in [("a/b", "a/b"), ("c/tools", "c/tools"), ("a/b/", "a/b")] {
            let response = try await harness.answer("GET", "/api/servers/\(path)")
            #expect(try response.json["name"]?.string == name)
        }
        for path in ["a/b/tools", "c/tools/tools", "d/tools"] {
            #expect(
                try await harness.answer("GET", "/api/servers/\(path)").body
                    == #"{"tools":[{"name":"get"}],"withheld":["put"]}"#)
        }
        _ = try await harness.answer("POST", "/api/servers/a/b/restart")
        #expect(harness.servers.requests.last == "restart a/b by token 1 true")
        _ = try await harness.answer("DELETE", "/api/servers/d/tools")
        #expect(harness.servers.requests.last == "remove d/tools by token 1 true")
        let wrong = try await harness.answer("DELETE", "/api/servers/a/tools")
        #expect(wrong.status == 405)
        #expect(wrong["allow"] == "GET, HEAD")
    }

    @Test("Under a prefix the API is found with and without it, and other paths are left to others")
    func prefix() async throws {
        let harness = try await ManagementHarness(prefix: "/base")
        for path in ["/base/api/servers", "/api/servers"] {
            #expect(try await harness.answer("GET", path).status == 200, "\(path)")
        }
        for path in ["/", "/api", "/apis/servers", "/fetch/api/servers", "/base/fetch"] {
            #expect(try await harness.answer("GET", path).status == 431, "\(path)")
        }
        let added = try await harness.send("POST", "/api/servers", #"{"name":"n","config":{}}"#)
        #expect(added["location"] == "/base/api/servers/n")
    }

    @Test(
        "What is asked wrongly is refused with the problem that says how, and nobody is asked to do it",
        arguments: [
            ("GET", "/api/other", "", 404, "unknown-path"),
            ("POST", "/api/servers/fetch", "", 405, "method-not-allowed"),
            ("PATCH", "/api/servers", "", 405, "method-not-allowed"),
            ("GET", "/api/reload", "", 405, "method-not-allowed"),
            ("POST", "/api/openapi.json", "", 405, "method-not-allowed"),
            ("GET", "/api/servers/none", "", 404, "unknown-server"),
            ("GET", "/api/servers/none/tools", "", 404, "unknown-server"),
            ("GET", "/api/servers/none/logs", "", 404, "unknown-server"),
            ("GET", "/api/servers/none/logs?follow=true", "", 404, "unknown-server"),
            ("DELETE", "/api/servers/none", "", 404, "unknown-server"),
            ("POST", "/api/servers/none/restart", "", 404, "unknown-server"),
            ("GET", "/api/problems/none", "", 404, "unknown-path"), ("POST", "/api/servers", "", 415, "x"),
            ("POST", "/api/pins/fetch/approve", "", 415, "x"),
            ("POST", "/api/pins/fetch/approve", "", 400, "not-json"),
            ("POST", "/api/servers", "", 400, "not-json"),
            ("POST", "/api/servers", "{", 400, "not-json"), ("POST", "/api/servers", "{} {}", 400, "not-json"),
            ("POST", "/api/servers", "[]", 422, "invalid-request"),
            ("POST", "/api/servers", "{}", 422, "invalid-request"),
            ("POST", "/api/servers", #"{"name":1,"config":{}}"#, 422, "invalid-request"),
            ("POST", "/api/servers", #"{"name":"a","config":[]}"#, 422, "invalid-request"),
            ("POST", "/api/servers", #"{"name":"a","config":{},"Config":{}}"#, 422, "invalid-request"),
            ("POST", "/api/servers", #"{"name":"a","name":"b","config":{}}"#, 422, "invalid-request"),
            ("POST", "/api/servers", #"{"name":"a","config":{"url":"a","\u0075rl":"b"}}"#, 422, "invalid-request"),
            ("PUT", "/api/servers/fetch", #"{"name":"other","config":{}}"#, 422, "invalid-request"),
            ("PUT", "/api/servers/fetch", #"{"url":"a"}"#, 422, "invalid-request"),
            ("DELETE", "/api/servers/fetch", #"{"force":true}"#, 422, "invalid-request"),
            ("POST", "/api/servers/fetch/restart", #"{"command":"sh"}"#, 422, "invalid-request"),
            ("POST", "/api/reload", #"{"dryrun":true}"#, 422, "invalid-request"),
            ("POST", "/api/reload", #"{"dryRun":"yes"}"#, 422, "invalid-request"),
        ] as [(String, String, String, Int, String)])
    func wrong(method: String, path: String, body: String, status: Int, problem: String) async throws {
        let harness = try await ManagementHarness()
        let response =
            body.isEmpty && status == 415
            ? try await harness.answer(method, path, body: body) : try await harness.send(method, path, body)
        #expect(response.status == status, "\(response.body)")
        #expect(try response.problem == (status == 415 ? "unsupported-media-type" : problem))
        #expect((response["allow"] != nil) == (status == 405))
        #expect(harness.servers.requests.isEmpty)
    }

    @Test("Approval of all has to be said, with {}")
    func approval() async throws {
        let harness = try await ManagementHarness()
        for headers in [[], ["Content-Type: application/json"]] {
            let response = try await harness.answer(
                "POST", "/api/pins/fetch/approve", [ManagementHarness.owner] + headers, body: "")
            #expect(response.body.contains("such as {}"), "\(response.body)")
        }
        #expect(harness.servers.requests.isEmpty)
        let response = try await harness.send("POST", "/api/pins/fetch/approve", "{}")
        #expect(response.status == 200)
        #expect(harness.servers.requests.last == "approve fetch all -1")
    }

    @Test(
        "A body of another type is refused",
        arguments: [
            [], ["Content-Type: text/plain"], ["Content-Type: application/x-www-form-urlencoded"],
            ["Content-Type: application/json", "Content-Type: application/json"],
            ["Content-Type: application/json", "Content-Encoding: gzip"],
        ])
    func mediaType(headers: [String]) async throws {
        let harness = try await ManagementHarness()
        let body = #"{"name":"a","config":{}}"#
        let response = try await harness.answer("POST", "/api/servers", [ManagementHarness.owner] + headers, body: body)
        #expect(try response.problem == "unsupported-media-type")
        #expect(harness.servers.requests.isEmpty)
    }

    @Test("A body of the permitted length is read, and one byte more is refused")
    func tooLarge() async throws {
        let harness = try await ManagementHarness()
        let start = #"{"name":"a","config":{"url":""#
        let fill = String(repeating: "x", count: 256 << 10 - start.utf8.count - 3)
        #expect(try await harness.send("POST", "/api/servers", start + fill + #""}}"#).status == 201)
        let response = try await harness.send("POST", "/api/servers", start + fill + #"x"}}"#)
        #expect(response.status == 413)
        #expect(try response.problem == "too-large")
        let deep = String(repeating: "[", count: 70) + String(repeating: "]", count: 70)
        #expect(
            try await harness.send("POST", "/api/servers", #"{"name":"a","config":{"args":\#(deep)}}"#).status == 422)
        #expect(harness.servers.requests.count == 1)
    }

    @Test("A refusal becomes problem details of its kind", arguments: ManagementRefusal.Kind.allCases)
    func refusals(kind: ManagementRefusal.Kind) async throws {
        let harness = try await ManagementHarness()
        harness.servers.refusal.withLock {
            $0 = ManagementRefusal(kind, "because", problems: ["p"], errorOutput: ["e \u{1B}[0m"])
        }
        let response = try await harness.answer("POST", "/api/servers/fetch/restart")
        let expected: [ManagementRefusal.Kind: Int] = [
            .unknownServer: 404, .unknownGroup: 404, .unknownRecording: 404, .nameTaken: 409, .conflict: 409,
            .invalidConfiguration: 422,
            .serverFailed: 422,
            .forbidden: 403, .quota: 429, .notKept: 507, .shuttingDown: 503, .notAudited: 503,
        ]
        #expect(response.status == expected[kind])
        #expect(try response.problem == kind.rawValue)
        #expect(try response.json["detail"]?.string == "because")
        #expect(try response.json["problems"]?.elements.first?.string == "p")
        #expect(try response.json["stderr"]?.elements.first?.string == "e \u{1B}[0m")
        #expect((response["retry-after"] != nil) == (kind == .quota))
    }

    @Test("A change goes on to its end when its client leaves")
    func clientLeaves() async throws {
        let harness = try await ManagementHarness(servers: ScriptedServers(["slow"]))
        let client = try await RawClient(port: harness.port)
        try await client.send(
            "DELETE /api/servers/slow HTTP/1.1\r\nHost: localhost\r\n\(ManagementHarness.owner)\r\n\r\n")
        #expect(try await harness.servers.beginnings.next() == "remove slow")
        try await client.close()
        harness.servers.gate.add(())
        #expect(try await harness.servers.endings.next() == "remove slow")
    }
}
