import Testing

@testable import ProxyConfiguration

@Suite struct CommandWordsTests {
    @Test(
        "Words are taken apart at spaces outside of quotation marks",
        arguments: [
            ("", []), ("  ", []), ("npx", ["npx"]), (" docker  run -i\tx ", ["docker", "run", "-i", "x"]),
            (#"a "b c" 'd e'"#, ["a", "b c", "d e"]), (#"a ''"#, ["a", ""]), (#"--x="y z""#, ["--x=y z"]),
            (#"a\ b"#, ["a b"]), (#"C:\tools\uv.exe run"#, [#"C:\tools\uv.exe"#, "run"]), (#""a\"b""#, [#"a"b"#]),
        ] as [(String, [String])])
    func words(text: String, words: [String]) {
        #expect(CommandWords.split(text) == words)
    }

    @Test("A quotation mark that is not closed makes no words", arguments: ["'", #"a "b"#, "it's"])
    func unclosed(text: String) {
        #expect(CommandWords.split(text) == nil)
    }
}
