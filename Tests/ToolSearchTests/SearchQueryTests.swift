import MCPCore
import NIOCore
import Testing

@testable import ToolSearch

@Suite struct SearchQueryTests {
    private let index = TestIndex(["list_files", "send_mail", "who_is", "搜索文件", "ابحث_ملف"])

    @Test("Words that no tool has are named as they were written, each run once")
    func unmatched() {
        #expect(index.search("Send the Quux, please: zorgBlat mails").unmatched == ["Quux", "zorgBlat"])
        #expect(index.search("mail").unmatched.isEmpty)
    }

    @Test("An empty query finds nothing", arguments: ["", " ", "?!", "\u{200B}", "<>", "\u{0}\u{FFFD}"])
    func empty(query: String) {
        let answer = index.search(query)
        #expect(answer.found.isEmpty)
        #expect(answer.unmatched.isEmpty)
    }

    @Test("Words that say little are passed over, and used where there are no others")
    func stopWords() {
        #expect(index.find("who can send it") == ["send_mail"])
        #expect(index.find("who is it") == ["who_is"])
        #expect(index.search("what about them").unmatched == ["what", "about", "them"])
    }

    @Test("Chinese and Arabic are found, alone and among other words")
    func scripts() {
        #expect(index.find("文件") == ["搜索文件"])
        #expect(index.find("请搜索") == ["搜索文件"])
        #expect(index.find("索") == ["搜索文件"])
        #expect(index.find("ملف") == ["ابحث_ملف"])
        #expect(index.search("天气").unmatched == ["天气"])
    }

    @Test("A word stands for its composed and decomposed form")
    func canonical() {
        #expect(TestIndex(["café_list"]).find("cafe\u{301}") == ["café_list"])
    }

    @Test("Markup in a query is passed over")
    func markup() {
        #expect(index.find("**send** `mail` <br/> {\"a\":[1]}").first == "send_mail")
    }

    @Test("A path does not lead to the tools that its folders are named like")
    func paths() {
        #expect(TestIndex(["mail_list", "write_csv"]).find("write to /srv/mail/list/a.csv") == ["write_csv"])
        #expect(TestIndex(["mail_list"]).find("/mail") == ["mail_list"], "nothing else was said")
    }

    @Test("A query of 1 MB is read to its bound, also where that cuts a character")
    func long() {
        let query = SearchQuery(String(repeating: "ä", count: 1 << 19).utf8, in: SearchRun(index.index) { _ in true })
        #expect(query.concepts.count <= SearchQuery.maximumWords)
        let words = (0..<100_000).map { "w\($0)x" }.joined(separator: " ")
        #expect(
            SearchQuery(words.utf8, in: SearchRun(index.index) { _ in true }).concepts.count == SearchQuery.maximumWords
        )
        #expect(index.search("mail " + words).found.count == 1)
        #expect(index.search(words + " mail").found.isEmpty, "behind what is read")
    }

    @Test("Bytes that are no text are no words")
    func broken() {
        let answer = index.index.search([0xFF, 0xC0, 0x6D, 0x61, 0x69, 0x6C, 0xED, 0xA0], limit: 5) { _ in true }
        #expect(answer.found.count == 1)
    }
}
