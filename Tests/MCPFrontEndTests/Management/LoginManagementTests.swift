import MCPCore
import NIOCore
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

/// Logins to servers over the management API.
@Suite(.timeLimit(.minutes(2))) struct LoginManagementTests {
    @Test("A login is begun with the proxy's page, or with the redirect of who asks")
    func begin() async throws {
        let harness = try await ManagementHarness()
        for (body, place) in [("{}", "the page"), ("{\"redirect\":\"http://127.0.0.1:5/\"}", "http://127.0.0.1:5/")] {
            let response = try await harness.send("POST", "/api/servers/fetch/login", body)
            #expect(response.status == 200)
            #expect(try response.json["url"]?.string == "https://login.example.com/authorize?a=b&c=\"d\"")
            #expect(harness.servers.requests.last == "begin login to fetch back to \(place) by token 1 true")
        }
        #expect(
            try await harness.answer("POST", "/api/servers/fetch/login").status == 200, "no body is one without members"
        )
        #expect(harness.servers.requests.last == "begin login to fetch back to the page by token 1 true")
    }

    @Test("It is ended with what the browser came back with, and forgotten")
    func end() async throws {
        let harness = try await ManagementHarness()
        let response = try await harness.send("POST", "/api/servers/fetch/login", #"{"answer":"code=c&state=s"}"#)
        #expect(response.status == 200)
        #expect(try response.json["message"]?.string == "server fetch logged in")
        #expect(harness.servers.requests.last == "finish login to fetch with code=c&state=s by token 1 true")
        let out = try await harness.answer("POST", "/api/servers/fetch/logout")
        #expect(out.status == 200)
        #expect(try out.json["message"]?.string == "server fetch logged out")
        #expect(harness.servers.requests.last == "log out of fetch by token 1 true")
        #expect(harness.audit.allSatisfy { !$0.contains("code=c") })
    }

    @Test("Both are changes: who may change nothing, asks for what is not there or by another method, is refused")
    func refused() async throws {
        let harness = try await ManagementHarness()
        for path in ["/api/servers/fetch/login", "/api/servers/fetch/logout"] {
            for (headers, status) in [([], 401), (["Authorization: Bearer server"], 403)] as [([String], Int)] {
                #expect(try await harness.send("POST", path, headers, "{}").status == status, "\(path)")
            }
            let response = try await harness.answer("GET", path)
            #expect(response.status == 405 && response["allow"] == "POST")
        }
        for path in ["/api/servers/none/login", "/api/servers/none/logout"] {
            #expect(try await harness.send("POST", path, "{}").status == 404, "\(path)")
        }
        #expect(try await harness.send("POST", "/api/servers/fetch/logout", #"{"redirect":"x"}"#).status == 422)
        #expect(harness.servers.requests.isEmpty)
    }

    @Test("Whoever uses a server logs in and out where that is for himself alone, and sees nothing else of it")
    func ownLogin() async throws {
        let harness = try await ManagementHarness(servers: ScriptedServers(["fetch", "mine", "hidden"]))
        let user = ["Authorization: Bearer server"]
        let begun = try await harness.send("POST", "/api/servers/mine/login", user, "{}")
        #expect(begun.status == 200)
        #expect(try begun.json["for"]?.string == "server")
        let ended = try await harness.send("POST", "/api/servers/mine/login", user, #"{"answer":"code=c"}"#)
        #expect(try ended.json["for"]?.string == "server")
        let out = try await harness.answer("POST", "/api/servers/mine/logout", user)
        for response in [ended, out] {
            #expect(try response.status == 200 && response.json["path"] != nil && response.json["server"] == nil)
        }
        #expect(harness.servers.requests.last == "log out of mine by server false")
        let known = harness.servers.requests
        for path in ["mine/restart", "fetch/login", "fetch/logout", "hidden/login", "none/login"] {
            #expect(try await harness.answer("POST", "/api/servers/\(path)", user).status == 403, "\(path)")
        }
        for path in ["mine/login", "mine/logout"] {
            #expect(try await harness.answer("GET", "/api/servers/\(path)", user).status == 403, "\(path)")
        }
        #expect(harness.servers.requests == known)
    }

    @Test("It is said for whom a login counts, and until when")
    func validity() async throws {
        let harness = try await ManagementHarness(servers: ScriptedServers(["fetch", "mine"]))
        for (name, caller, ending) in [("fetch", nil, "until the proxy ends"), ("mine", "token 1", nil)]
            as [(String, String?, String?)]
        {
            let answer = try await harness.send("POST", "/api/servers/\(name)/login", #"{"answer":"code=c"}"#).json
            #expect(answer["for"]?.string == caller && answer["ending"]?.string == ending, "\(name)")
            #expect(answer["server"] != nil)
        }
    }

    private func operation(_ text: String) throws(ManagementProblem) -> LoginOperation {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
        head.headers.add(name: "Content-Type", value: "application/json")
        return try ManagementBody(ByteBuffer(string: text), of: HTTPRequestFields(head), isNeeded: false).login()
    }

    @Test("A body says one of both, as texts, and nothing else")
    func bodies() throws {
        for text in ["", "{}"] { #expect(try operation(text) == .begin(redirect: nil)) }
        #expect(try operation(#"{"redirect":"a"}"#) == .begin(redirect: "a"))
        #expect(try operation(#"{"answer":""}"#) == .finish(""))
        for (text, words) in [
            (#"{"redirect":null}"#, "\"redirect\" must be a string"),
            (#"{"redirect":1}"#, "\"redirect\" must be a string"),
            (#"{"answer":["a"]}"#, "\"answer\" must be a string"), (#"{"other":"a"}"#, "\"other\" is not a member"),
            (#"{"redirect":"a","answer":"b"}"#, "send one of them"),
        ] {
            let problem = #expect(throws: ManagementProblem.self) { try operation(text) }
            #expect(problem?.problems.contains { $0.contains(words) } == true, "\(text)")
        }
    }
}
