import Addresses
import MCPCore
import MCPUpstream
import NIOCore
import Testing

@testable import Grants

/// How servers and authorization servers are asked: whom, how long, and how much is read.
@Suite struct GrantRequestsTests {
    private let harness = GrantHarness(isProtected: false)
    private static let place = "https://login.example.com/a"

    private func document(_ url: String = place, server: String = Samples.server) async throws -> GrantFailure? {
        let (requests, url) = (try harness.requests(for: server), try HTTPURL(url))
        return await Samples.failure { () async throws(GrantFailure) in _ = try await requests.document(at: url) }
    }

    @Test("Only https is called, and http on this machine for a server that is there")
    func mayBeCalled() throws {
        let (remote, local) = (try harness.requests(), try harness.requests(for: "http://127.0.0.1:8080/mcp"))
        for (url, fromRemote, fromLocal) in [
            ("https://login.example.com/", true, true), ("http://login.example.com/", false, false),
            ("http://127.0.0.1:9/", false, true), ("http://localhost/", false, true), ("http://[::1]/", false, true),
            ("https://127.0.0.1/", true, true), ("http://127.0.0.1.evil.test/", false, false),
            ("http://10.0.0.1/", false, false), ("http://0.0.0.0/", false, false),
        ] {
            let url = try HTTPURL(url)
            #expect(remote.mayBeCalled(url) == fromRemote, "\(url)")
            #expect(local.mayBeCalled(url) == fromLocal, "\(url)")
        }
    }

    @Test("What may not be called is not called, neither for a document nor with a form or an object")
    func notCalled() async throws {
        let (requests, url) = (try harness.requests(), try HTTPURL("http://127.0.0.1:9/"))
        let failures = [
            await Samples.failure { () async throws(GrantFailure) in _ = try await requests.document(at: url) },
            await Samples.failure { () async throws(GrantFailure) in
                try await requests.send(form: [(name: "a", value: "b")], to: url)
            },
            await Samples.failure { () async throws(GrantFailure) in
                try await requests.send(json: ByteBuffer(string: "{}"), to: url)
            },
        ]
        for failure in failures {
            #expect(failure?.kind == .unusable)
            #expect(failure?.words.hasPrefix("http://127.0.0.1:9/ is not called: only https is") == true)
        }
        #expect(harness.web.requests.isEmpty)
    }

    @Test("Every request has ten seconds and an answer of a megabyte, and follows nothing by itself")
    func limits() async throws {
        #expect(try await document() == nil)
        harness.web.put("{}", at: Self.place + "b")
        _ = try await harness.requests().send(form: [], to: try HTTPURL(Self.place + "b"))
        for request in harness.web.requests {
            #expect(request.call.timeout == .seconds(10) && request.call.maximumBytes == 1 << 20)
        }
        #expect(harness.web.lines == ["GET \(Self.place)", "POST \(Self.place)b"])
    }

    @Test(
        "Redirects are followed one by one, three of them, and the document is of where it was found",
        arguments: [3, 4])
    func redirects(count: Int) async throws {
        for step in 0..<count {
            harness.web.put(
                .init(status: [301, 302, 303, 307, 308][step], location: "step\(step + 1)", isJSON: false),
                at: step == 0 ? Self.place : "https://login.example.com/step\(step)")
        }
        harness.web.put(#"{"a":1}"#, at: "https://login.example.com/step\(count)")
        if count == 3 {
            let found = try await harness.requests().document(at: try HTTPURL(Self.place))
            #expect(found.map { "\($0.from)" } == "https://login.example.com/step3")
            #expect(found?.0.root["a"]?.integer == 1)
        } else {
            #expect(try await document()?.words == "\(Self.place) leads on and on: more than 3 redirects")
            #expect(harness.web.requests.count == 4)
        }
    }

    @Test(
        "A redirect leads nowhere that would not be called by itself",
        arguments: [
            "http://login.example.com/b", "http://169.254.169.254/latest", "http://127.0.0.1/", "//127.0.0.1:9",
        ])
    func redirectedAway(location: String) async throws {
        harness.web.put(.init(status: 302, location: location), at: Self.place)
        let failure = try await document()
        #expect(failure?.kind == .unusable || location.hasPrefix("//"))
        #expect(harness.web.requests.allSatisfy { $0.call.url.origin.scheme == .https })
    }

    @Test("A redirect without a place is no answer", arguments: [nil, "", "javascript:alert(1)", "http://a b/"])
    func redirectedNowhere(location: String?) async throws {
        harness.web.put(.init(status: 302, location: location), at: Self.place)
        let failure = try await document()
        #expect(failure?.kind == .unusable)
        #expect(failure?.words.contains("\(Self.place)") == true)
        #expect(harness.web.requests.count <= GrantRequests.maximumRedirects + 1)
    }

    @Test("All that one step asks has thirty seconds")
    func together() async throws {
        let (requests, place) = (try harness.requests(), try HTTPURL(Self.place))
        harness.web.put("{}", at: Self.place)
        harness.pass(seconds: 25)
        _ = try await requests.document(at: place)
        #expect(harness.web.requests.last?.call.timeout == .seconds(5))
        harness.pass(seconds: 5)
        let failure = await Samples.failure { () async throws(GrantFailure) in
            _ = try await requests.document(at: place)
        }
        #expect(
            failure
                == GrantFailure(
                    .unreachable,
                    "\(Self.place) was not asked: whoever was asked before took 30 s altogether"))
        #expect(harness.web.requests.count == 1)
    }

    @Test("Who has troubles is asked again later, and who has nothing has nothing")
    func statuses() async throws {
        for status in [500, 502, 503, 599, 429] {
            harness.web.put(.init(status: status, isJSON: false), at: Self.place)
            #expect(try await document() == GrantFailure(.unreachable, "\(Self.place) answers with status \(status)"))
        }
        for status in [404, 400, 401, 403, 410, 204, 304] {
            harness.web.put(.init(status: status), at: Self.place)
            #expect(try await harness.requests().document(at: try HTTPURL(Self.place)) == nil, "\(status)")
        }
    }

    @Test("What is no JSON is not read, whatever it says of itself")
    func html() async throws {
        harness.web.put(.init(body: "<html>", isJSON: false), at: Self.place)
        #expect(
            try await document() == GrantFailure(.noDocument, "\(Self.place) answers with status 200 and not in JSON"))
        let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        for body in ["<html>", "", "{", "{} {}", #"{"a":1,"a":2}"#, deep] {
            harness.web.put(body, at: Self.place)
            let failure = try await document()
            #expect(failure?.kind == .noDocument)
            #expect(failure?.words.hasPrefix("\(Self.place) does not answer in JSON: ") == true, "\(body)")
        }
    }

    @Test("Who is not reached may be reached later; an answer that is too large stays so")
    func network() async throws {
        harness.web.put(.init(failure: UpstreamFailure(.timedOut, "it did not answer in time")), at: Self.place)
        #expect(try await document() == GrantFailure(.unreachable, "\(Self.place): it did not answer in time"))
        harness.web.put(.init(failure: UpstreamFailure(.unreadable, "its answer is larger")), at: Self.place)
        #expect(try await document() == GrantFailure(.unusable, "\(Self.place): its answer is larger"))
    }

    @Test("A form gets the answer whatever it says, but no redirect is followed, and troubles are told apart")
    func forms() async throws {
        let (requests, url) = (try harness.requests(), try HTTPURL(Self.place))
        for status in [200, 400, 401, 403] {
            harness.web.put(.init(status: status, body: #"{"error":"x"}"#), at: Self.place)
            let answer = try await requests.send(form: [(name: "a", value: "b c&")], to: url, headers: [("X", "y")])
            #expect(answer.status == status && answer.body.root["error"]?.string == "x")
        }
        let sent = try #require(harness.web.requests.last)
        #expect(sent.body == "a=b%20c%26" && sent.header("X") == "y")
        #expect("\(sent.call.mediaType)" == "application/x-www-form-urlencoded")
        for (status, kind) in [
            (302, GrantFailure.Kind.unusable), (307, .unusable), (500, .unreachable), (429, .unreachable),
        ] {
            harness.web.put(.init(status: status, location: "/b"), at: Self.place)
            let failure = await Samples.failure { () async throws(GrantFailure) in
                try await requests.send(form: [], to: url)
            }
            #expect(failure?.kind == kind, "\(status)")
        }
        #expect(harness.web.requests.allSatisfy { "\($0.call.url)" == Self.place })
    }

    @Test("No message shows the query of an address, where somebody may have put a secret")
    func queries() async throws {
        let url = "https://login.example.com/a?key=secret"
        for page in [
            ScriptedWeb.Page(status: 500), .init(status: 302), .init(body: "x"), .init(body: "x", isJSON: false),
            .init(failure: UpstreamFailure(.timedOut, "late")),
        ] {
            harness.web.put(page, at: url)
            harness.web.put(page, at: Self.place)
            let failure = try await document(url)
            #expect(failure?.words.contains("secret") == false)
        }
        let failure = try await document("http://login.example.com/a?key=secret")
        #expect(failure?.words.contains("secret") == false)
    }
}
