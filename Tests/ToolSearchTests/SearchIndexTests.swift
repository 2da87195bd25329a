import MCPCore
import NIOCore
import Testing

@testable import ToolSearch

@Suite struct SearchIndexTests {
    @Test("A tool is found by a word of its name")
    func name() {
        let index = TestIndex(["list_repos", "send_mail"])
        #expect(index.find("mail") == ["send_mail"])
    }

    @Test("What was removed is not found, and its number is given again")
    func remove() {
        var index = TestIndex(["list_repos", "send_mail"])
        index.remove("list_repos")
        #expect(index.find("repos mail") == ["send_mail"])
        #expect(index.add(#"{"name":"read_repos"}"#) == 0)
        #expect(index.find("repos") == ["read_repos"])
    }
}
