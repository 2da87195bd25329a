import Testing

@testable import ToolSearch

@Suite struct SynonymsTests {
    @Test("Every line of the data is a group of several words in small letters", arguments: SynonymList.groups)
    func lines(line: String) {
        let words = line.split(separator: " ")
        #expect(words.count > 1)
        #expect(Set(words.map { Stemmer.stem(String($0)) }).count > 1, "all of one stem")
        #expect(words.allSatisfy { $0.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 } })
        #expect(!words.contains { StopWords.contains(String($0)) }, "a word that is passed over")
    }

    @Test(
        "A tool is found by another word for what it does",
        arguments: [
            ("folder", "create_directory"), ("remove", "delete_file"), ("repo", "fork_repository"),
            ("PRs", "list_pull_requests"),
            ("email", "send_mail"), ("picture", "resize_image"), ("screen shot", "take_screenshot"),
            ("webpage", "read_web_page"),
        ])
    func found(query: String, tool: String) {
        let index = TestIndex(["other_thing", tool, "another_thing"])
        #expect(index.find(query) == [tool])
        #expect(index.search(query).unmatched.isEmpty)
    }

    @Test("The word itself counts more than another one for it")
    func less() {
        let index = TestIndex(["list_directory", "list_folder"])
        #expect(index.find("folder") == ["list_folder", "list_directory"])
        #expect(index.find("directory") == ["list_directory", "list_folder"])
    }
}
