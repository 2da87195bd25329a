import MCPGateway
import MCPValues
import NIOHTTP1
import Testing

@testable import MCPFrontEnd

@Suite struct NarrowingReaderTests {
    private func read(_ target: String, _ headers: [(String, String)] = []) throws -> Narrowing {
        var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: target)
        head.headers.add(name: "Host", value: "localhost")
        for (name, value) in headers { head.headers.add(name: name, value: value) }
        let admission = Admission(
            hosts: HostPolicy(hosts: [], origins: [], acceptsAddresses: false), credentials: Credentials(), prefix: "")
        return try NarrowingReader.read(try admission.admit(HTTPRequestFields(head)))
    }

    private func words(_ target: String, _ headers: [(String, String)] = []) -> String? {
        do {
            _ = try read(target, headers)
            return nil
        } catch let refusal as Refusal {
            return refusal.reason == .malformed ? refusal.words : "\(refusal.reason)"
        } catch {
            return "\(error)"
        }
    }

    @Test("A request that says nothing of it, and one with other parameters, sees all that is offered")
    func nothing() throws {
        for target in ["/mcp", "/mcp?", "/mcp?sessionId=x&x=%zz&%zz=1&tools2=a", "/mcp?readOnly=false"] {
            #expect(try read(target).isEmpty, "\(target)")
        }
        #expect(try read("/mcp", [("X-MCP-Readonly", "false"), ("X-MCP-Discovery", "list")]).isEmpty)
    }

    @Test("The query says which servers and tools are wanted, also percent-encoded")
    func query() throws {
        for target in [
            "/mcp?servers=git,time&tools=git__*,!*push*&readOnly=true&discovery=search",
            "/mcp?tools=git__%2A%2C%20%21*push*&%73ervers=git%2ctime&readOnly=true",
        ] {
            let narrowing = try read(target)
            #expect(narrowing.servers == [NamePatterns(["git", "time"])], "\(target)")
            #expect(narrowing.tools == [NamePatterns(["git__*", "!*push*"])], "\(target)")
            #expect(narrowing.isReadOnly, "\(target)")
        }
    }

    @Test("A parameter that is spelt in another way is meant all the same, and one that is nearly ours is refused")
    func spelling() throws {
        for name in ["readonly", "READONLY", "read_only", "read-only", "ReadOnly"] {
            #expect(try read("/mcp?\(name)=true").isReadOnly, "\(name)")
        }
        #expect(try read("/mcp?Servers=git").servers == [NamePatterns(["git"])])
        #expect(words("/mcp?server=git")?.contains("write servers") == true)
        #expect(words("/mcp?Tool=git")?.contains("\"Tool\" is not known; write tools") == true)
        #expect(words("/mcp?readOnly=true&readonly=true")?.contains("more than once") == true)
    }

    @Test("How tools are found is what shows less, wherever it is said")
    func discovery() throws {
        #expect(try read("/mcp?discovery=search").discovery == .search)
        #expect(try read("/mcp", [("X-MCP-Discovery", "auto")]).discovery == .auto)
        #expect(try read("/mcp?discovery=search", [("X-MCP-Discovery", "list")]).discovery == .search)
        #expect(try read("/mcp?discovery=auto", [("X-MCP-Discovery", "search")]).discovery == .search)
    }

    @Test("Header fields say the same, in whatever case, and where both are there both hold")
    func headers() throws {
        let narrowing = try read(
            "/mcp?servers=git&tools=a*",
            [("x-mcp-SERVERS", "g*, ,t*"), ("X-MCP-Tools", " *b "), ("X-MCP-Readonly", "true")])
        #expect(narrowing.servers == [NamePatterns(["git"]), NamePatterns(["g*", "t*"])])
        #expect(narrowing.tools == [NamePatterns(["a*"]), NamePatterns(["*b"])])
        #expect(narrowing.isReadOnly)
        #expect(try read("/mcp?readOnly=true", [("X-MCP-Readonly", "false")]).isReadOnly)
    }

    @Test(
        "What is said twice or cannot be read is refused with words that name it",
        arguments: [
            ("/mcp?servers=a&servers=b", [], "the parameter servers stands more than once"),
            ("/mcp?tools=a&%74ools=a", [], "the parameter tools stands more than once"),
            ("/mcp", [("X-MCP-Tools", "a"), ("x-mcp-tools", "a")], "the header X-MCP-Tools stands more than once"),
            ("/mcp", [("X-MCP-Readonly", "true"), ("X-MCP-Readonly", "true")], "the header X-MCP-Readonly stands"),
            ("/mcp?readOnly", [], #"the parameter readOnly is ""; write true or false"#),
            ("/mcp?readOnly=TRUE", [], #"is "TRUE""#), ("/mcp", [("X-MCP-Readonly", "1")], #"is "1""#),
            ("/mcp?discovery=all", [], #"is "all"; write one of list, search, auto"#),
            ("/mcp", [("X-MCP-Discovery", "")], "the header X-MCP-Discovery"),
            ("/mcp?servers=", [], "names nothing"), ("/mcp", [("X-MCP-Servers", " , ")], "names nothing"),
            ("/mcp?tools=!", [], "only a !"), ("/mcp?servers=%zz", [], "percent-encoded"),
            ("/mcp?servers=a%", [], "percent-encoded"), ("/mcp?servers=%FF", [], "percent-encoded"),
            ("/mcp?servers=a%0Ab", [], "percent-encoded"), ("/mcp?servers=%+1", [], "percent-encoded"),
        ] as [(String, [(String, String)], String)])
    func wrong(target: String, headers: [(String, String)], said: String) {
        #expect(words(target, headers)?.contains(said) == true, "\(words(target, headers) ?? "it was read")")
    }

    @Test("Nobody makes every name be held against patterns without end")
    func bound() {
        let most = Array(repeating: "a", count: 64).joined(separator: ",")
        #expect(words("/mcp?tools=\(most)") == nil)
        #expect(words("/mcp?tools=\(most),a")?.contains("has 65 patterns; at most 64 are read") == true)
    }
}
