import MCPValues
import Testing

@testable import ToolPins

@Suite struct ToolMentionsTests {
    private func server(_ name: String, _ tools: [(String, String)]) -> ToolMentions.Server {
        ToolMentions.Server(
            ByteText(name), tools: tools.map { ToolMentions.Tool(ByteText($0.0), description: $0.1) })
    }

    private func mentions(_ description: String) -> [String] {
        let found = ToolMentions.find(in: [
            server(
                "mail",
                [("send_mail", ""), ("search", ""), ("readFile", ""), ("list-all", ""), ("a.b/c", ""), ("über", "")]),
            server("evil", [("add", description)]),
        ])
        #expect(found.allSatisfy { $0.kind == .mention && $0.server.text == "evil" && $0.otherServer.text == "mail" })
        return found.map(\.otherTool.text)
    }

    @Test("A tool of the same name is told of the server that comes later")
    func sameName() {
        let found = ToolMentions.find(in: [
            server("a", [("x", ""), ("search", "")]), server("b", [("search", "")]),
            server("c", [("search", ""), ("y", "")]),
        ])
        #expect(
            found.map { "\($0.kind) \($0.server) \($0.tool) \($0.otherServer)" } == [
                "sameName b search a", "sameName c search a",
            ])
    }

    @Test(
        "A name that is no ordinary word is found wherever it stands as a whole word",
        arguments: [
            ("Call send_mail first.", ["send_mail"]), ("(send_mail)", ["send_mail"]), ("send_mail", ["send_mail"]),
            ("use readFile/list-all", ["readFile", "list-all"]), ("mail.send_mail, or a.b/c.", ["send_mail", "a.b/c"]),
            ("send_mail and send_mail", ["send_mail"]), ("resend_mail, send_mails, send_mail_now", []),
            ("readfile", []), ("Readfile", []), ("é send_mailé", []),
        ])
    func wholeWords(description: String, names: [String]) {
        #expect(mentions(description) == names)
    }

    @Test(
        "An ordinary word is found where it is marked as a name",
        arguments: [
            ("to search the web", []), ("do not use `search`", ["search"]), ("use \"search\"", ["search"]),
            ("use “search”", ["search"]), ("the search tool", ["search"]), ("the tool search", ["search"]),
            ("Tools: search", []), ("the \"search\" tool", ["search"]), ("a tool. search it", []),
            ("search, a tool", []),
            ("das Tool über", ["über"]), ("'search", []),
        ])
    func ordinaryWords(description: String, names: [String]) {
        #expect(mentions(description) == names)
    }

    @Test("A name that a server has itself is its own")
    func own() {
        let found = ToolMentions.find(in: [
            server("a", [("send_mail", "uses send_mail")]), server("b", [("send_mail", ""), ("x", "like send_mail")]),
        ])
        #expect(found.map(\.kind) == [.sameName])
    }

    @Test("Whatever comes in, there are few findings")
    func bounded() {
        let names = (0..<1_000).map { "tool_\($0)" }
        let found = ToolMentions.find(in: [
            server("a", names.map { ($0, "") }), server("b", [("x", names.joined(separator: " "))]),
        ])
        #expect(found.count == ToolMentions.maximumFindings)
    }
}
