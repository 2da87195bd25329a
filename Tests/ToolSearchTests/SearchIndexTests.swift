import MCPCore
import NIOCore
import Testing

@testable import ToolSearch

@Suite struct SearchIndexTests {
    @Test("A tool is found by a word of its name, however it is written")
    func name() {
        let index = TestIndex(["list_repos", "sendMail", "HTTPGet"])
        #expect(index.find("MAIL") == ["sendMail"])
        #expect(index.find("http") == ["HTTPGet"])
        #expect(index.find("listing of repositories") == ["list_repos"])
    }

    @Test("A word counts most in the name, and more in the first sentence of the description than behind it")
    func fields() {
        var index = TestIndex()
        index.add(#"{"name":"b","description":"Some text. And a zebra"}"#)
        index.add(#"{"name":"c","description":"Feeds a zebra."}"#)
        index.add(#"{"name":"zebra"}"#)
        #expect(index.find("zebra") == ["zebra", "c", "b"])
    }

    @Test("A tool that has all words of the query comes before one that has one of them often")
    func coverage() {
        var index = TestIndex(["x", "y", "z"])
        index.add(#"{"name":"often","description":"invoice invoice invoice invoice"}"#)
        index.add(#"{"name":"both","description":"print the invoice"}"#)
        #expect(index.find("print invoice") == ["both", "often"])
    }

    @Test("What was removed is not found, and its number is given again")
    func remove() {
        var index = TestIndex(["list_repos", "send_mail"])
        index.remove("list_repos")
        #expect(index.find("repos mail") == ["send_mail"])
        #expect(index.search("repos").unmatched == ["repos"])
        #expect(index.add(#"{"name":"read_repos"}"#) == 0)
        #expect(index.find("repos") == ["read_repos"])
    }

    @Test("A number that no tool has is removed without effect")
    func unknownNumber() {
        var index = SearchIndex()
        for number in [-1, 0, 5] { index.remove(number) }
        let number = index.add(JSONText(accepted: ByteBuffer(string: #"{"name":"a"}"#)).root)
        index.remove(number)
        index.remove(number)
        #expect(index.count == 0)
        #expect(index.add(JSONText(accepted: ByteBuffer(string: #"{"name":"b"}"#)).root) == 0)
        #expect(index.add(JSONText(accepted: ByteBuffer(string: #"{"name":"c"}"#)).root) == 1)
    }

    @Test("However tools came and went, the answer is that of an index that never had others, and nothing piles up")
    func churn() {
        let words = ["list", "read", "send", "file", "mail", "issue", "page", "chart"]
        var index = TestIndex()
        var state: UInt32 = 3
        for step in 0..<3_000 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let name = "\(words[Int(state >> 29)])_\(words[Int(state >> 26 & 7)])_only\(step)"
            if index.names.count > 40 {
                index.remove(index.names.sorted()[Int(state >> 20) % 40])
            }
            index.add(#"{"name":"\#(name)","description":"Can \#(words[Int(state >> 23 & 7)])"}"#)
        }
        #expect(index.index.slots.count <= 130)
        #expect(index.index.postings.count < 1_000)
        let fresh = TestIndex(copying: index)
        for query in words + ["send mail", "read the chart page"] {
            let (found, expected) = (index.scores(query), fresh.scores(query))
            #expect(found.keys == expected.keys)
            for (name, score) in found { #expect(abs(score - (expected[name] ?? 0)) < 0.000_1) }
        }
    }

    @Test("Equal tools come in the order in which they were added, and no more than are wanted")
    func order() {
        let index = TestIndex((0..<20).map { "mail_\(UnicodeScalar(UInt8(97 + $0)))" })
        #expect(index.find("mail", limit: 3) == ["mail_a", "mail_b", "mail_c"])
        #expect(index.find("mail", limit: 0).isEmpty)
        #expect(index.find("mail", limit: -1).isEmpty)
        #expect(index.find("mail", limit: 100).count == 20)
        var changed = TestIndex(["gone", "mail_a"])
        changed.remove("gone")
        changed.add(#"{"name":"mail_b"}"#)
        #expect(changed.find("mail") == ["mail_a", "mail_b"])
    }

    @Test("Tools that are not admitted leave no trace, neither in scores nor in unmatched words")
    func admission() {
        let seen = ["list_files", "send_mail", "mail_status"]
        let alone = TestIndex(seen)
        let beside = TestIndex(seen + ["mail_hidden", "secret_mail_mail", "hidden_files"])
        let query = "mail secret"
        #expect(beside.find(query) { seen.contains($0) } == alone.find(query))
        #expect(beside.search(query) { seen.contains($0) }.unmatched == ["secret"])
        #expect(
            beside.search(query) { seen.contains($0) }.found.map(\.score) == alone.search(query).found.map(\.score))
    }

    @Test(
        "What a query means does not hang on tools that are not admitted, whether they are hidden or gone",
        arguments: [
            "webpage", "open the webpage", "screen shot", "take a screen shot", "mails", "delete web mail",
            "remove mail",
            "webpages shot mail zebra", "搜索 mail",
            "sendmail", "the zebracrossing", "zebra crossing",
        ])
    func meaning(query: String) {
        let seen = ["open_web_page", "take_screen", "send_mail", "delete_page", "list_mails", "zebra_crossing"]
        let hidden = [
            "webpage", "webpage_screenshot", "screenshot", "mail_mail_mail", "remove_everything", "zebra_web", "搜索",
            "sendmail",
            "zebracrossing",
        ]
        let alone = TestIndex(seen).search(query, limit: .max)
        var beside = TestIndex(hidden + seen)
        let hiding = beside.search(query, limit: .max) { seen.contains($0) }
        #expect(hiding.found.map(\.score) == alone.found.map(\.score))
        #expect(hiding.unmatched == alone.unmatched)
        for name in hidden { beside.remove(name) }
        #expect(beside.search(query, limit: .max).found.map(\.score) == alone.found.map(\.score))
        #expect(beside.search(query, limit: .max).unmatched == alone.unmatched)
    }

    @Test("Whatever is hidden, found tools have the order and the scores that they have without it")
    func hiding() {
        let words = ["list", "read", "send", "file", "mail", "web", "page", "chart", "remove", "issue", "zebra", "log"]
        var state: UInt32 = 11
        func word() -> String {
            state = state &* 1_664_525 &+ 1_013_904_223
            return words[Int(state >> 16) % words.count]
        }
        for _ in 0..<20 {
            let definitions = (0..<30).map { number in
                (number: number, text: #""description":"\#(word()) \#(word())\#(word()). \#(word())"}"#)
            }
            let all = definitions.map { #"{"name":"\#(word())\#(word())_\#($0.number)_\#($0.number % 3)",\#($0.text)"# }
            var (alone, beside) = (TestIndex(), TestIndex())
            for (number, definition) in all.enumerated() {
                if number % 3 != 0 { alone.add(definition) }
                beside.add(definition)
            }
            for _ in 0..<20 {
                let query = "\(word())\(word()) \(word()) \(word())"
                let hiding = beside.search(query, limit: .max) { !$0.hasSuffix("_0") }
                let found = alone.search(query, limit: .max)
                #expect(hiding.found.map(\.score) == found.found.map(\.score))
                #expect(hiding.unmatched == found.unmatched)
                #expect(beside.find(query) { !$0.hasSuffix("_0") } == alone.find(query))
            }
        }
    }
}
